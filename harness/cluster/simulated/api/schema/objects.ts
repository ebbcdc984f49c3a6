import { z } from 'zod'
import { managedBy } from '../../../../model/limits.ts'
import type { KubeObject } from '../../../kube.ts'
import type { KindName } from '../../kinds.ts'
import { quantityOf } from '../quantity.ts'
import {
  annotations,
  count,
  countOrPercent,
  dnsLabel,
  dnsName,
  flag,
  labelKey,
  labels,
  metadata,
  oneOf,
  only,
  port,
  portName,
  portOrName,
  serviceName,
  strict,
  text,
  words,
} from './fields.ts'
import { pod, template } from './pod.ts'

const head = { apiVersion: text, kind: text }
const plain = metadata(dnsName)
/** The server takes it from controllers alone. */
const status = z.unknown().optional()
const selector = strict({ matchLabels: labels })

const deployment = strict({
  ...{ ...head, metadata: plain, status },
  spec: strict({
    ...{ replicas: count.optional(), selector, template },
    strategy: strict({
      type: oneOf(['RollingUpdate', 'Recreate']).optional(),
      rollingUpdate: strict({
        maxSurge: countOrPercent.optional(),
        maxUnavailable: countOrPercent.optional(),
      }).optional(),
    }).optional(),
    minReadySeconds: count.optional(),
    revisionHistoryLimit: count.optional(),
    progressDeadlineSeconds: count.optional(),
    paused: flag.optional(),
  }),
})

const replicaSet = strict({
  ...{ ...head, metadata: plain, status },
  spec: strict({ replicas: count.optional(), selector, template, minReadySeconds: count.optional() }),
})

const job = strict({
  ...{ ...head, metadata: plain, status },
  spec: strict({
    ...{
      backoffLimit: count.optional(),
      completions: count.optional(),
      parallelism: count.optional(),
      template,
    },
    // What the API server fills in is taken back from it.
    completionMode: only('NonIndexed').optional(),
    suspend: only(false).optional(),
    podReplacementPolicy: only('TerminatingOrFailed').optional(),
  }),
})

const service = strict({
  ...{ ...head, metadata: metadata(serviceName), status },
  spec: strict({
    selector: labels.optional(),
    ports: z
      .array(
        strict({
          ...{ name: portName.optional(), port, targetPort: portOrName.optional() },
          protocol: only('TCP').optional(),
        }),
      )
      .optional(),
    type: only('ClusterIP').optional(),
    publishNotReadyAddresses: flag.optional(),
    clusterIP: only('None', '').optional(),
    // What the API server fills in is taken back from it.
    clusterIPs: only(['None']).optional(),
    ipFamilies: only(['IPv4']).optional(),
    ipFamilyPolicy: only('SingleStack').optional(),
    internalTrafficPolicy: only('Cluster').optional(),
    sessionAffinity: only('None').optional(),
  }),
})

const dataKey = z.string().regex(/^[-._a-zA-Z0-9]+$/, {
  error: 'a key has letters, digits, `-`, `_` and `.` alone',
})
const data = z.record(dataKey, text).optional()
const configMap = strict({ ...head, metadata: plain, data, binaryData: data })
const secret = strict({ ...head, metadata: plain, data, stringData: data, type: only('Opaque').optional() })

const amount = z.union([text, z.number()]).refine((value) => Number.isInteger(quantityOf(value)), {
  error: 'a whole number is expected',
})
const resourceQuota = strict({
  ...{ ...head, metadata: plain, status },
  spec: strict({ hard: strict({ pods: amount.optional(), 'count/pods': amount.optional() }) }),
})

const podDisruptionBudget = strict({
  ...{ ...head, metadata: plain, status },
  spec: strict({
    selector: strict({ matchLabels: labels.optional() }).optional(),
    minAvailable: countOrPercent.optional(),
    maxUnavailable: countOrPercent.optional(),
    unhealthyPodEvictionPolicy: oneOf(['IfHealthyBudget', 'AlwaysAllow']).optional(),
  }),
})

const namespace = strict({
  ...{ ...head, metadata: metadata(dnsLabel), status },
  spec: strict({ finalizers: only(['kubernetes']).optional() }).optional(),
})

const taint = strict({
  key: labelKey,
  value: text.optional(),
  effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  timeAdded: text.optional(),
})
const node = strict({
  ...{
    ...head,
    metadata: strict({ name: dnsName, labels: labels.optional(), annotations: annotations.optional() }),
  },
  ...{ status },
  spec: strict({
    podCIDR: text.optional(),
    podCIDRs: words.optional(),
    providerID: text.optional(),
    unschedulable: flag.optional(),
    taints: z.array(taint).optional(),
  }).optional(),
})

const pods = { own: pod(true), others: pod(false) }
const shapes: Partial<Record<KindName, z.ZodType>> = {
  Deployment: deployment,
  ReplicaSet: replicaSet,
  Job: job,
  Service: service,
  ConfigMap: configMap,
  Secret: secret,
  ResourceQuota: resourceQuota,
  PodDisruptionBudget: podDisruptionBudget,
  Namespace: namespace,
  Node: node,
}

/** What an object of a kind may look like; undefined for a kind that users cannot write. */
export function shapeOf(kind: KindName, object: KubeObject): z.ZodType | undefined {
  if (kind !== 'Pod') return shapes[kind]
  return object.metadata?.labels?.[managedBy.key] === managedBy.value ? pods.own : pods.others
}
