import { deletePod } from '../deletion.ts'
import { type KindName, kinds } from '../kinds.ts'
import type { ObjectOf } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { defaultsOptions } from './admission.ts'
import { withDefaults } from './defaults.ts'
import { systemNamespaces } from './writes.ts'

const latencyMs = [20, 200] as const

/**
 * Makes the namespaces that every cluster has, and from then on takes away what is in a namespace that is being deleted,
 * its pods with their grace, and the namespace once it is empty.
 * kubernetes/pkg/controller/namespace/deletion/namespaced_resources_deleter.go
 */
export function startNamespaces(world: World): void {
  const { clock, store } = world
  for (const name of systemNamespaces) {
    if (store.get('Namespace', name)) continue
    const namespace = withDefaults('Namespace', { metadata: { name } }, defaultsOptions(world))
    store.create('Namespace', namespace as ObjectOf<'Namespace'>)
  }
  const random = world.random.fork('namespaces')
  const queue = new WorkQueue({ clock, random, latencyMs, work: (name) => empty(world, name) })
  store.on('Namespace', ({ type, object: { metadata } }) => {
    if (type === 'MODIFIED' && metadata?.deletionTimestamp) queue.add(metadata.name ?? '')
  })
  store.on('Pod', ({ type, object: { metadata } }) => {
    const { namespace = '' } = metadata ?? {}
    if (type !== 'DELETED' || !store.get('Namespace', namespace)?.metadata?.deletionTimestamp) return
    queue.add(namespace)
  })
}

function empty({ store }: World, namespace: string): void {
  if (!store.get('Namespace', namespace)?.metadata?.deletionTimestamp) return
  for (const kind of Object.keys(kinds) as KindName[]) {
    if (!kinds[kind].namespaced || kind === 'Pod') continue
    for (const { metadata } of store.list(kind, namespace))
      store.remove(kind, metadata?.name ?? '', namespace)
  }
  for (const { metadata } of store.list('Pod', namespace)) {
    deletePod(store, metadata?.name ?? '', namespace)
  }
  if (store.list('Pod', namespace).length === 0) store.remove('Namespace', namespace)
}
