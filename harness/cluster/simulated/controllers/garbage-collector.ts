import type { KubeObject } from '../../kube.ts'
import { deletePod } from '../deletion.ts'
import { type KindName, kindOf, kinds } from '../kinds.ts'
import type { ObjectOf } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { ObjectIndex } from './object-index.ts'

type Owner = NonNullable<NonNullable<KubeObject['metadata']>['ownerReferences']>[number]

/** The kinds that others may own. */
const owned = ['Pod', 'ReplicaSet', 'EndpointSlice', 'Lease', 'ConfigMap', 'Secret', 'Deployment'] as const

/**
 * Deletes what is owned by objects that are gone, in the background.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
 */
export function startGarbageCollector(world: World): void {
  const { store, clock } = world
  const random = world.random.fork('garbage collector')
  const indexes = new Map<KindName, ObjectIndex<KindName>>()
  for (const kind of owned) {
    const uidsOf = ({ metadata }: KubeObject) => (metadata?.ownerReferences ?? []).map(({ uid }) => uid)
    indexes.set(kind, new ObjectIndex(store, kind, uidsOf) as ObjectIndex<KindName>)
  }

  /** True too for a kind that the model has not: its owner cannot be looked for. */
  const isThere = (owner: Owner, namespace: string | undefined) => {
    const kind = kindOf(owner.apiVersion, owner.kind)
    if (!kind) return true
    const found = store.get(kind.kind, owner.name, kind.namespaced ? namespace : undefined)
    return found?.metadata?.uid === owner.uid
  }
  const work = (key: string) => {
    const [kind, namespace = '', name = '', uid = ''] = key.split('/') as [KindName, ...string[]]
    const object = store.get(kind, name, namespace)
    const owners = object?.metadata?.ownerReferences ?? []
    if (!object || object.metadata?.uid !== uid || owners.length === 0) return
    const left = owners.filter((owner) => isThere(owner, namespace))
    if (left.length === owners.length) return
    if (left.length > 0) {
      const metadata = { ...object.metadata, ownerReferences: left }
      store.update(kind, { ...object, metadata } as ObjectOf<KindName>)
    } else if (kind === 'Pod') deletePod(store, name, namespace, { uid })
    else store.remove(kind, name, namespace, uid)
  }
  const queue = new WorkQueue({ clock, random, latencyMs: [5, 60], work })
  const add = (kind: KindName, { metadata }: KubeObject) =>
    queue.add(`${kind}/${metadata?.namespace ?? ''}/${metadata?.name ?? ''}/${metadata?.uid ?? ''}`)

  for (const kind of Object.keys(kinds) as KindName[]) {
    store.on(kind, ({ type, object }) => {
      if (type === 'DELETED') {
        const uid = object.metadata?.uid ?? ''
        for (const [dependentKind, index] of indexes) {
          for (const dependent of index.of(uid)) add(dependentKind, dependent)
        }
      } else if (type === 'ADDED' && indexes.has(kind)) {
        // Its owner may have gone before it came.
        const { ownerReferences = [], namespace } = object.metadata ?? {}
        if (ownerReferences.some((owner) => !isThere(owner, namespace))) add(kind, object)
      }
    })
  }
}
