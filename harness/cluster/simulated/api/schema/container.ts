import { z } from 'zod'
import { quantityOf } from '../quantity.ts'
import {
  count,
  dnsLabel,
  flag,
  oneOf,
  only,
  port,
  portName,
  portOrName,
  positive,
  someText,
  strict,
  text,
  words,
} from './fields.ts'

const quantity = z.union([text, z.number()]).refine((value) => quantityOf(value) !== undefined, {
  error: 'a quantity such as 100m or 64Mi is expected',
})
const amounts = strict({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  'ephemeral-storage': quantity.optional(),
})

const header = strict({ name: someText, value: text })
const httpGet = strict({
  path: text.optional(),
  port: portOrName,
  scheme: oneOf(['HTTP', 'HTTPS']).optional(),
  httpHeaders: z.array(header).optional(),
})
const exec = strict({ command: words.min(1) })

const probe = strict({
  httpGet: httpGet.optional(),
  tcpSocket: strict({ port: portOrName }).optional(),
  grpc: strict({ port, service: only('').optional() }).optional(),
  exec: exec.optional(),
  initialDelaySeconds: count.optional(),
  timeoutSeconds: count.optional(),
  periodSeconds: count.optional(),
  successThreshold: count.optional(),
  failureThreshold: count.optional(),
  terminationGracePeriodSeconds: positive.optional(),
})

const hook = strict({
  exec: exec.optional(),
  httpGet: httpGet.optional(),
  sleep: strict({ seconds: count }).optional(),
})

const fieldRef = strict({
  apiVersion: only('v1').optional(),
  fieldPath: only('metadata.name', 'metadata.namespace', 'status.podIP', 'spec.nodeName'),
})
const envVar = strict({
  name: someText,
  value: text.optional(),
  valueFrom: strict({ fieldRef }).optional(),
})

const shared = {
  name: dnsLabel,
  image: someText,
  imagePullPolicy: oneOf(['Always', 'IfNotPresent', 'Never']).optional(),
  command: words.optional(),
  args: words.optional(),
  env: z.array(envVar).optional(),
  ports: z
    .array(strict({ name: portName.optional(), containerPort: port, protocol: only('TCP').optional() }))
    .optional(),
  resources: strict({ requests: amounts.optional(), limits: amounts.optional() }).optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  startupProbe: probe.optional(),
  lifecycle: strict({ postStart: hook.optional(), preStop: hook.optional() }).optional(),
  volumeMounts: z
    .array(strict({ name: dnsLabel, mountPath: someText, readOnly: flag.optional() }))
    .optional(),
  // What the API server fills in is taken back from it.
  terminationMessagePath: only('/dev/termination-log').optional(),
  terminationMessagePolicy: only('File').optional(),
}

/** rolypoly's own pods may reach into their node. */
const privileged = strict({ privileged: flag.optional(), runAsUser: count.optional() })

/** A container, of a pod that is rolypoly's own or not. */
export function container(isOwn: boolean) {
  return strict({ ...shared, securityContext: (isOwn ? privileged : only({})).optional() })
}

export function initContainer(isOwn: boolean) {
  return container(isOwn).extend({ restartPolicy: only('Always').optional() })
}
