import { z } from 'zod'
import { isSame } from '../../store.ts'

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const qualified = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

export const strict = z.strictObject
export const text = z.string()
export const someText = z.string().min(1)
export const flag = z.boolean()
/** From 0 on. */
export const count = z.int32().min(0)
export const positive = z.int32().min(1)
export const port = z.int32().min(1).max(65_535)

/** A name of at most 63 letters. */
export const dnsLabel = z
  .string()
  .max(63)
  .regex(label, { error: 'a lowercase RFC 1123 label has lower case letters, digits and `-` alone' })

export const dnsName = z.string().max(253).regex(subdomain, {
  error: 'a lowercase RFC 1123 subdomain has lower case letters, digits, `-` and `.` alone',
})

/** Services are stricter: their names begin with a letter (RFC 1035). */
export const serviceName = z
  .string()
  .max(63)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, {
    error: 'a DNS-1035 label begins with a letter and has lower case letters, digits and `-` alone',
  })

/** kubernetes/staging/src/k8s.io/apimachinery/pkg/util/validation: IsValidPortName. */
export const portName = z
  .string()
  .max(15)
  .refine((name) => label.test(name) && /[a-z]/.test(name) && !name.includes('--'), {
    error: 'a port name has lower case letters, digits and single `-`, and at least one letter',
  })

/** A port by its number or its name. */
export const portOrName = z.union([port, portName], {
  error: 'a number from 1 to 65535 or the name of a port is expected',
})

export const countOrPercent = z.union(
  [count, z.string().regex(/^\d+%$/, { error: 'a percentage such as 25% is expected' })],
  {
    error: 'a number from 0 on or a percentage is expected',
  },
)

export const labelKey = z.string().refine(
  (key) => {
    const [name = '', prefix, ...more] = key.split('/').reverse()
    return more.length === 0 && qualified.test(name) && (prefix === undefined || subdomain.test(prefix))
  },
  { error: 'a label key is a name of at most 63 letters, after a DNS name and `/` if any' },
)
export const labelValue = z.string().refine((value) => value === '' || qualified.test(value), {
  error: 'a label value has at most 63 letters, digits, `-`, `_` and `.`',
})
export const labels = z.record(labelKey, labelValue)
export const annotations = z.record(labelKey, text)
export const words = z.array(text)

/** One of Kubernetes' own values: another is one that Kubernetes refuses too. */
export const oneOf = z.enum

/** Just these values: Kubernetes knows others, and the model does not. */
export function only(...values: unknown[]) {
  return z.custom<unknown>((value) => values.some((one) => isSame(one, value)), {
    params: { unmodelled: true },
  })
}

/** Metadata as a user gives it. What the API server sets is not among it. */
export function metadata(name: z.ZodType) {
  return strict({
    name,
    namespace: dnsLabel.optional(),
    labels: labels.optional(),
    annotations: annotations.optional(),
  })
}
