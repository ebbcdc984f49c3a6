import type { NodeObject, PodObject } from '../../kube.ts'
import { deletePod } from '../deletion.ts'
import { isSame } from '../store.ts'
import type { Timer } from '../virtual-clock.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { keyOf, splitKey } from './keys.ts'
import { ObjectIndex } from './object-index.ts'
import { withDisruption } from './pod-state.ts'
import { type Taint, tolerates } from './taints.ts'

const component = 'taint-eviction-controller'

/** An eviction that is to come. */
interface Work {
  since: number
  atMs: number
  timer: Timer
}

/**
 * Evicts pods from nodes with taints that they do not tolerate, at once or when their tolerationSeconds are over.
 * kubernetes/pkg/controller/tainteviction/taint_eviction.go.
 */
export function startTaintEviction(world: World): void {
  new TaintEvictionController(world).start()
}

class TaintEvictionController {
  private readonly world: World
  private readonly nodes: WorkQueue
  private readonly newPods: WorkQueue
  private readonly pods: ObjectIndex<'Pod'>
  private readonly tainted = new Map<string, Taint[]>()
  private readonly work = new Map<string, Work>()

  constructor(world: World) {
    this.world = world
    const { store, clock } = world
    const random = world.random.fork('taint eviction')
    const latencyMs = [4, 20] as const
    this.nodes = new WorkQueue({ clock, random, latencyMs, work: (name) => this.syncNode(name) })
    this.newPods = new WorkQueue({ clock, random, latencyMs, work: (key) => this.syncPod(key) })
    this.pods = new ObjectIndex(store, 'Pod', ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []))
  }

  start(): void {
    const { store } = this.world
    for (const { metadata } of store.list('Node')) this.nodes.add(metadata?.name ?? '')
    store.on('Node', ({ type, object, before }) => {
      const isOther = !isSame(noExecute(object as NodeObject), noExecute(before as NodeObject | undefined))
      if (type !== 'MODIFIED' || isOther) this.nodes.add(object.metadata?.name ?? '')
    })
    store.on('Pod', ({ type, object, before }) => {
      const [pod, old] = [object as PodObject, before as PodObject | undefined]
      if (type === 'DELETED') return this.cancel(keyOf(pod))
      const isOther =
        old?.spec?.nodeName !== pod.spec?.nodeName || !isSame(old?.spec?.tolerations, pod.spec?.tolerations)
      if (isOther && this.tainted.has(pod.spec?.nodeName ?? '')) this.newPods.add(keyOf(pod))
    })
  }

  private syncNode(name: string): void {
    const taints = noExecute(this.world.store.get('Node', name))
    if (taints.length > 0) this.tainted.set(name, taints)
    else this.tainted.delete(name)
    // What is to come stays where the Node itself is gone.
    if (!this.world.store.get('Node', name)) return
    for (const pod of this.pods.of(name)) this.process(pod, taints)
  }

  private syncPod(key: string): void {
    const [namespace, name] = splitKey(key)
    const pod = this.world.store.get('Pod', name, namespace)
    const taints = this.tainted.get(pod?.spec?.nodeName ?? '')
    if (pod && taints) this.process(pod, taints)
  }

  private process(pod: PodObject, taints: readonly Taint[]): void {
    const key = keyOf(pod)
    const now = this.world.clock.now()
    if (taints.length === 0) return this.cancelWithEvent(pod)
    const used = taints.map((taint) => pod.spec?.tolerations?.find((mine) => tolerates(mine, taint)))
    if (used.includes(undefined)) {
      this.cancelWithEvent(pod)
      return this.plan(key, now, now)
    }
    const seconds = used.flatMap((mine) => mine?.tolerationSeconds ?? [])
    if (seconds.length === 0) return this.cancelWithEvent(pod)
    const ms = Math.max(0, Math.min(...seconds)) * 1_000
    const planned = this.work.get(key)
    if (planned && planned.since + ms < now + ms) return
    this.cancelWithEvent(pod)
    this.plan(key, planned?.since ?? now, now + ms)
  }

  private plan(key: string, since: number, atMs: number): void {
    const timer = this.world.clock.at(atMs, () => {
      this.work.delete(key)
      this.evict(key)
    })
    this.work.set(key, { since, atMs, timer })
  }

  private evict(key: string): void {
    const { store } = this.world
    const [namespace, name] = splitKey(key)
    const pod = store.get('Pod', name, namespace)
    if (!pod) return
    this.tell(pod, `Marking for deletion Pod ${key}`)
    const message = 'Taint manager: deleting due to NoExecute taint'
    store.update('Pod', withDisruption(pod, 'DeletionByTaintManager', message, store.timestamp()))
    deletePod(store, name, namespace, { uid: pod.metadata?.uid ?? '' })
  }

  private cancel(key: string): void {
    this.work.get(key)?.timer.cancel()
    this.work.delete(key)
  }

  private cancelWithEvent(pod: PodObject): void {
    const key = keyOf(pod)
    if (!this.work.has(key)) return
    this.cancel(key)
    this.tell(pod, `Cancelling deletion of Pod ${key}`)
  }

  private tell(pod: PodObject, message: string): void {
    const { name = '', namespace = '' } = pod.metadata ?? {}
    // The real one names the pod without its UID: tainteviction/taint_eviction.go, emitPodDeletionEvent.
    const named = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } }
    this.world.events.tell(named, { type: 'Normal', reason: 'TaintManagerEviction', message, component })
  }
}

function noExecute(node: NodeObject | undefined): Taint[] {
  return (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
}
