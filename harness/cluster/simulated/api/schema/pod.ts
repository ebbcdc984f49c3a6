import { z } from 'zod'
import { container, initContainer } from './container.ts'
import {
  count,
  dnsLabel,
  dnsName,
  flag,
  labelKey,
  labels,
  metadata,
  oneOf,
  only,
  someText,
  strict,
  text,
} from './fields.ts'

const expression = strict({
  key: labelKey,
  operator: only('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: z.array(text).optional(),
})
const nodeTerm = strict({ matchExpressions: z.array(expression).optional() })

const affinity = strict({
  nodeAffinity: strict({
    requiredDuringSchedulingIgnoredDuringExecution: strict({
      nodeSelectorTerms: z.array(nodeTerm).min(1),
    }).optional(),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(strict({ weight: z.int32().min(1).max(100), preference: nodeTerm }))
      .optional(),
  }).optional(),
  podAntiAffinity: strict({
    requiredDuringSchedulingIgnoredDuringExecution: z
      .array(
        strict({
          labelSelector: strict({ matchLabels: labels }),
          topologyKey: only('kubernetes.io/hostname'),
        }),
      )
      .optional(),
  }).optional(),
})

const toleration = strict({
  key: labelKey.optional(),
  operator: oneOf(['Exists', 'Equal']).optional(),
  value: text.optional(),
  effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: z.int().optional(),
})

const defaultMode = only(420).optional()
const volume = {
  name: dnsLabel,
  emptyDir: strict({}).optional(),
  configMap: strict({ name: dnsName, defaultMode }).optional(),
  secret: strict({ secretName: dnsName, defaultMode }).optional(),
}
const hostPath = strict({ path: someText, type: only('').optional() })

/** The spec of a pod, rolypoly's own or not. */
function podSpec(isOwn: boolean) {
  return strict({
    containers: z.array(container(isOwn)).min(1),
    initContainers: z.array(initContainer(isOwn)).optional(),
    volumes: z.array(strict({ ...volume, ...(isOwn && { hostPath: hostPath.optional() }) })).optional(),
    nodeName: dnsName.optional(),
    nodeSelector: labels.optional(),
    affinity: affinity.optional(),
    tolerations: z.array(toleration).optional(),
    restartPolicy: oneOf(['Always', 'OnFailure', 'Never']).optional(),
    terminationGracePeriodSeconds: count.optional(),
    automountServiceAccountToken: flag.optional(),
    enableServiceLinks: flag.optional(),
    hostNetwork: (isOwn ? flag : only(false)).optional(),
    serviceAccountName: only('default').optional(),
    // What the API server fills in is taken back from it.
    serviceAccount: only('default').optional(),
    dnsPolicy: only('ClusterFirst').optional(),
    schedulerName: only('default-scheduler').optional(),
    securityContext: only({}).optional(),
    priority: only(0).optional(),
    preemptionPolicy: only('PreemptLowerPriority').optional(),
  })
}

const specs = { own: podSpec(true), others: podSpec(false) }

/** A pod; the server takes no status from anybody but a kubelet. */
export function pod(isOwn: boolean) {
  const spec = isOwn ? specs.own : specs.others
  const status = z.unknown().optional()
  return strict({ apiVersion: text, kind: text, metadata: metadata(dnsName), spec, status })
}

/** Of a Deployment or a ReplicaSet. */
export const template = strict({
  metadata: metadata(dnsName).partial({ name: true }).optional(),
  spec: specs.others,
})
