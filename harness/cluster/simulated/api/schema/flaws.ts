import type { z } from 'zod'
import { type KubeObject, nameOf } from '../../../kube.ts'
import { KubeError } from '../../../kube-error.ts'

/** What is wrong with one field. */
export interface Flaw {
  /** As `spec.template.spec.containers[0].image`. */
  path: string
  wrong: string
  /** Kubernetes would take it. */
  unmodelled?: true
  /** It is of another type, or missing: what rests on it cannot be looked at. */
  mistyped?: true
}

export function invalid(path: string, value: unknown, why: string): Flaw {
  return { path, wrong: `Invalid value: ${JSON.stringify(value)}: ${why}` }
}

const notModelled = 'is not modelled by the simulated cluster'

/** One or more flaws of each issue that zod found; to be asked with `reportInput`. */
export function flawsOf(error: z.ZodError): Flaw[] {
  return error.issues.flatMap((issue) => flawsOfIssue(issue))
}

function flawsOfIssue(issue: z.core.$ZodIssue): Flaw[] {
  const path = pathOf(issue.path)
  const { input } = issue
  const value = JSON.stringify(input)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: pathOf([...issue.path, key]),
      wrong: `${notModelled} (or misspelt)`,
      unmodelled: true,
    }))
  }
  if (input === undefined) return [{ path, wrong: 'Required value', mistyped: true }]
  switch (issue.code) {
    case 'invalid_type':
      return [{ ...invalid(path, input, `${expected(issue.expected)} is expected`), mistyped: true }]
    case 'invalid_union':
      return [{ ...invalid(path, input, issue.message), mistyped: true }]
    case 'invalid_value': {
      const supported = issue.values.map((one) => JSON.stringify(one)).join(', ')
      return [{ path, wrong: `Unsupported value: ${value}: supported values: ${supported}` }]
    }
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string') return [{ path, wrong: 'Required value' }]
      return [invalid(path, input, `must be greater than or equal to ${issue.minimum}`)]
    case 'too_big': {
      const most = `must be no more than ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
      return [invalid(path, input, most)]
    }
    case 'invalid_key':
      return [invalid(path, issue.path.at(-1), issue.issues[0]?.message ?? issue.message)]
    default: {
      const { unmodelled } = (issue.code === 'custom' && issue.params) || {}
      return unmodelled
        ? [{ path, wrong: `${value} ${notModelled}`, unmodelled: true }]
        : [invalid(path, input, issue.message)]
    }
  }
}

function expected(type: string): string {
  const a = { array: 'a list', record: 'an object', object: 'an object', int: 'a whole number' }[type]
  return a ?? `a ${type}`
}

function pathOf(steps: readonly PropertyKey[]): string {
  return steps
    .map((step, at) => {
      if (typeof step === 'number') return `[${step}]`
      return /^\w+$/.test(String(step)) ? `${at > 0 ? '.' : ''}${String(step)}` : `[${String(step)}]`
    })
    .join('')
}

/** All that is wrong with an object, as one refusal. */
export function refusalOf(object: KubeObject, flaws: readonly Flaw[]): KubeError {
  const told = flaws.map(({ path, wrong }) => `${path}: ${wrong}`).join('; ')
  const unmodelled = flaws.filter((flaw) => flaw.unmodelled).length
  const remedy = unmodelled > 0 ? `; leave ${unmodelled > 1 ? 'them' : 'it'} out, or run on kind` : ''
  return new KubeError(nameOf(object), 422, 'Invalid', `${told}${remedy}`)
}
