import type { PodObject } from '../../kube.ts'
import type { KindName } from '../kinds.ts'
import { isSame } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { keyOf, splitKey } from './keys.ts'
import { ObjectIndex } from './object-index.ts'
import { isTerminal } from './pod-state.ts'

/** The counts that a quota may limit. https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota */
const counted: Record<string, KindName> = {
  pods: 'Pod',
  'count/pods': 'Pod',
  services: 'Service',
  'count/services': 'Service',
  configmaps: 'ConfigMap',
  'count/configmaps': 'ConfigMap',
  secrets: 'Secret',
  'count/secrets': 'Secret',
  'count/deployments.apps': 'Deployment',
  'count/replicasets.apps': 'ReplicaSet',
}

/** Keeps the status of each ResourceQuota. kubernetes/pkg/controller/resourcequota. */
export function startQuotas(world: World): void {
  const { store, clock } = world
  const random = world.random.fork('quota')
  const inNamespace = ({ metadata }: { metadata?: { namespace?: string } }) => [metadata?.namespace ?? '']
  const quotas = new ObjectIndex(store, 'ResourceQuota', inNamespace)
  const indexes = new Map<KindName, ObjectIndex<KindName>>()
  for (const kind of new Set(Object.values(counted))) {
    indexes.set(kind, new ObjectIndex(store, kind, inNamespace) as ObjectIndex<KindName>)
  }
  const used = (resource: string, namespace: string): number => {
    const kind = counted[resource]
    const index = kind && indexes.get(kind)
    if (!index) return 0
    // A pod that has ended takes no place of `pods`; as an object it counts.
    return resource === 'pods'
      ? index.of(namespace).filter((pod) => !isTerminal(pod as PodObject)).length
      : index.count(namespace)
  }
  const work = (key: string) => {
    const [namespace, name] = splitKey(key)
    const quota = store.get('ResourceQuota', name, namespace)
    if (!quota) return
    const { hard = {} } = (quota.spec ?? {}) as { hard?: Record<string, string | number> }
    const amounts = Object.keys(hard).map((resource) => [resource, String(used(resource, namespace))])
    const status = { hard, used: Object.fromEntries(amounts) }
    if (!isSame(quota.status, status)) store.update('ResourceQuota', { ...quota, status })
  }
  const queue = new WorkQueue({ clock, random, latencyMs: [5, 40], work })
  store.on('ResourceQuota', ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  for (const kind of new Set(Object.values(counted))) {
    store.on(kind, ({ type, object, before }) => {
      const hasEnded =
        kind === 'Pod' && isTerminal(object as PodObject) !== isTerminal((before ?? {}) as PodObject)
      if (type !== 'MODIFIED' || hasEnded) {
        for (const quota of quotas.of(object.metadata?.namespace ?? '')) queue.add(keyOf(quota))
      }
    })
  }
  for (const quota of store.list('ResourceQuota')) queue.add(keyOf(quota))
}
