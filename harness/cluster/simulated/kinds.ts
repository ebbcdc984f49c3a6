/** A kind of object that the model has. */
export interface Kind {
  apiVersion: string
  kind: string
  namespaced: boolean
  /** `metadata.generation` counts the changes of its spec. */
  hasGeneration: boolean
}

const namespaced = { namespaced: true, hasGeneration: false }
const clusterWide = { namespaced: false, hasGeneration: false }

export const kinds = {
  Namespace: { apiVersion: 'v1', kind: 'Namespace', ...clusterWide },
  Node: { apiVersion: 'v1', kind: 'Node', ...clusterWide },
  Lease: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...namespaced },
  Pod: { apiVersion: 'v1', kind: 'Pod', ...namespaced, hasGeneration: true },
  Service: { apiVersion: 'v1', kind: 'Service', ...namespaced },
  EndpointSlice: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    ...namespaced,
    hasGeneration: true,
  },
  Event: { apiVersion: 'v1', kind: 'Event', ...namespaced },
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap', ...namespaced },
  Secret: { apiVersion: 'v1', kind: 'Secret', ...namespaced },
  ResourceQuota: { apiVersion: 'v1', kind: 'ResourceQuota', ...namespaced },
  Deployment: { apiVersion: 'apps/v1', kind: 'Deployment', namespaced: true, hasGeneration: true },
  PodDisruptionBudget: {
    ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
    ...{ namespaced: true, hasGeneration: true },
  },
  ReplicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespaced: true, hasGeneration: true },
  Job: { apiVersion: 'batch/v1', kind: 'Job', namespaced: true, hasGeneration: true },
} as const satisfies Record<string, Kind>

export type KindName = keyof typeof kinds

/** The kind of this name, or undefined where the model has none. */
export function kindOf(apiVersion: string, kind: string): (Kind & { kind: KindName }) | undefined {
  const found: Kind | undefined = kinds[kind as KindName]
  return found?.apiVersion === apiVersion ? (found as Kind & { kind: KindName }) : undefined
}
