import type { DeploymentObject } from '../../kube.ts'
import type { ObjectOf } from '../store.ts'
import { desiredAnnotation, type Limits, maxAnnotation } from './rollout.ts'
import { hashLabel, withHash } from './template-hash.ts'

type ReplicaSet = ObjectOf<'ReplicaSet'>
type Deployment = DeploymentObject

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
/** Not handed on to the ReplicaSets: kubernetes/pkg/controller/deployment/util: annotationsToSkip. */
const ownAnnotations = [
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  'deployment.kubernetes.io/revision-history',
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
]

/** The ReplicaSet of a Deployment's template: kubernetes/pkg/controller/deployment/sync.go: getNewReplicaSet. */
export function setOf(
  deployment: Deployment,
  limits: Limits,
  { hash, replicas, revision }: { hash: string; replicas: number; revision: string },
): ReplicaSet {
  const { name = '', namespace = '', uid = '' } = deployment.metadata ?? {}
  const { template, selector, minReadySeconds } = deployment.spec ?? {}
  return {
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...template?.metadata?.labels, [hashLabel]: hash },
      annotations: { ...handedOn(deployment), ...sizeAnnotations(limits), [revisionAnnotation]: revision },
      ownerReferences: [ownerReference(name, uid)],
    },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [hashLabel]: hash } },
      template: withHash(template, hash),
      ...(minReadySeconds !== undefined && { minReadySeconds }),
    },
    status: { replicas: 0 },
  }
}

export function sizeAnnotations({ desired, most }: Limits): Record<string, string> {
  return { [desiredAnnotation]: String(desired), [maxAnnotation]: String(most) }
}

export function handedOn({ metadata }: Deployment): Record<string, string> {
  const all = Object.entries(metadata?.annotations ?? {})
  return Object.fromEntries(all.filter(([key]) => !ownAnnotations.includes(key)))
}

export function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata?.annotations?.[revisionAnnotation] ?? 0)
}

export function nextRevision(oldSets: readonly ReplicaSet[]): string {
  return String(Math.max(0, ...oldSets.map(revisionOf)) + 1)
}

export function ownerReference(name: string, uid: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true, blockOwnerDeletion: true }
}
