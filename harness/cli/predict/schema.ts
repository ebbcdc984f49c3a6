import { z } from 'zod'

/** The parts of Kubernetes' objects that predictions and weak spots rest on, as a manifest has them. */

/** The API server takes null for what is not given. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined)
}

const count = z.number().int().min(0)
const seconds = optional(count)
const intOrString = z.union([z.number(), z.string()], 'expected a number or text')
const name = z.string().regex(/^[a-z0-9.-]+$/, 'a name of small letters, digits, - and . is expected')
const labels = z.record(z.string(), z.string())

const probe = z.object({
  initialDelaySeconds: seconds,
  periodSeconds: seconds,
  timeoutSeconds: seconds,
  successThreshold: optional(count),
  failureThreshold: optional(count),
  terminationGracePeriodSeconds: seconds,
  httpGet: optional(
    z.object({
      path: optional(z.string()),
      port: intOrString,
      scheme: optional(z.string()),
      host: optional(z.string()),
      httpHeaders: optional(z.array(z.object({ name: z.string(), value: z.string() }))),
    }),
  ),
  tcpSocket: optional(z.object({ port: intOrString, host: optional(z.string()) })),
  grpc: optional(z.object({ port: z.number(), service: optional(z.string()) })),
  exec: optional(z.object({ command: optional(z.array(z.string())) })),
})

const preStop = z.object({
  exec: optional(z.object({ command: optional(z.array(z.string())) })),
  sleep: optional(z.object({ seconds: count })),
  httpGet: optional(z.object({})),
})

const container = z.object({
  name,
  ports: optional(z.array(z.object({ name: optional(z.string()), containerPort: z.number() }))),
  livenessProbe: optional(probe),
  readinessProbe: optional(probe),
  startupProbe: optional(probe),
  lifecycle: optional(z.object({ preStop: optional(preStop) })),
})

const toleration = z.object({
  key: optional(z.string()),
  operator: optional(z.string()),
  value: optional(z.string()),
  effect: optional(z.string()),
  tolerationSeconds: optional(z.number()),
})

const podSpec = z.object({
  containers: z.array(container).min(1, 'at least one container is expected'),
  initContainers: optional(z.array(z.object({ name }))),
  terminationGracePeriodSeconds: seconds,
  restartPolicy: optional(z.string()),
  tolerations: optional(z.array(toleration)),
})

const metadata = z.object({
  name,
  namespace: optional(name),
  labels: optional(labels),
})

export const podSchema = z.object({ metadata, spec: podSpec })

export const deploymentSchema = z.object({
  metadata,
  spec: z.object({
    replicas: optional(count),
    strategy: optional(
      z.object({
        type: optional(z.string()),
        rollingUpdate: optional(
          z.object({ maxSurge: optional(intOrString), maxUnavailable: optional(intOrString) }),
        ),
      }),
    ),
    minReadySeconds: seconds,
    progressDeadlineSeconds: seconds,
    template: z.object({ metadata: optional(z.object({ labels: optional(labels) })), spec: podSpec }),
  }),
})

export const jobSchema = z.object({
  metadata,
  spec: z.object({
    parallelism: optional(count),
    completions: optional(count),
    template: z.object({ metadata: optional(z.object({ labels: optional(labels) })), spec: podSpec }),
  }),
})

export const serviceSchema = z.object({
  metadata,
  spec: optional(
    z.object({
      selector: optional(labels),
      ports: optional(z.array(z.object({ port: z.number(), targetPort: optional(intOrString) }))),
      publishNotReadyAddresses: optional(z.boolean()),
      clusterIP: optional(z.string()),
    }),
  ),
})

const labelSelector = z.object({
  matchLabels: optional(labels),
  matchExpressions: optional(
    z.array(z.object({ key: z.string(), operator: z.string(), values: optional(z.array(z.string())) })),
  ),
})

export const budgetSchema = z.object({
  metadata,
  spec: z.object({
    selector: optional(labelSelector),
    minAvailable: optional(intOrString),
    maxUnavailable: optional(intOrString),
  }),
})

export const autoscalerSchema = z.object({
  metadata,
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    minReplicas: optional(count),
  }),
})
