import type { NodeObject, PodObject } from '../kube.ts'
import { conditionOf, withCondition } from './controllers/conditions.ts'
import { antiAffinityOf, fitError, preference, repels, whyNot } from './controllers/fit.ts'
import { keyOf, splitKey } from './controllers/keys.ts'
import { ObjectIndex } from './controllers/object-index.ts'
import { isTerminal, isTerminating } from './controllers/pod-state.ts'
import { controllerOf } from './deletion.ts'
import { isSame } from './store.ts'
import { WorkQueue } from './work-queue.ts'
import type { World } from './world.ts'

const component = 'default-scheduler'
/** kubernetes/pkg/scheduler/backend/queue: podInitialBackoffDuration, podMaxBackoffDuration. */
const firstBackOffMs = 1_000
const longestBackOffMs = 10_000

/** Binds pods to nodes. https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/ */
export function startScheduler(world: World): void {
  new Scheduler(world).start()
}

class Scheduler {
  private readonly world: World
  private readonly random: World['random']
  private readonly queue: WorkQueue
  /** Pods that have not ended, by their node. */
  private readonly pods: ObjectIndex<'Pod'>
  /** Those of them that keep others away. */
  private readonly repelling: ObjectIndex<'Pod'>
  /** Pods that fit no node: how often they were tried, and when last. */
  private readonly unschedulable = new Map<string, { times: number; atMs: number }>()

  constructor(world: World) {
    this.world = world
    this.random = world.random.fork('scheduler')
    const { store, clock } = world
    const work = (key: string) => this.schedule(key)
    this.queue = new WorkQueue({ clock, random: this.random, latencyMs: [5, 30], work })
    const nodeOf = (pod: PodObject) => (pod.spec?.nodeName && !isTerminal(pod) ? [pod.spec.nodeName] : [])
    this.pods = new ObjectIndex(store, 'Pod', nodeOf)
    this.repelling = new ObjectIndex(store, 'Pod', (pod) =>
      antiAffinityOf(pod).length > 0 ? nodeOf(pod) : [],
    )
  }

  start(): void {
    const { store } = this.world
    for (const pod of store.list('Pod')) if (isWaiting(pod)) this.queue.add(keyOf(pod))
    store.on('Pod', ({ type, object, before }) => {
      const [pod, old] = [object as PodObject, before as PodObject | undefined]
      if (type === 'DELETED') this.unschedulable.delete(keyOf(pod))
      if (type !== 'DELETED' && isWaiting(pod)) {
        const isOther = type === 'ADDED' || !isSame(old?.spec, pod.spec)
        if (isOther) this.queue.add(keyOf(pod))
        return
      }
      // A place has become free.
      if (type === 'DELETED' || (old && isTerminal(pod) && !isTerminal(old))) this.retryAll()
    })
    store.on('Node', ({ type, object, before }) => {
      if (
        type === 'ADDED' ||
        (type === 'MODIFIED' && isOtherNode(before as NodeObject, object as NodeObject))
      ) {
        this.retryAll()
      }
    })
  }

  private retryAll(): void {
    const now = this.world.clock.now()
    for (const [key, { times, atMs }] of this.unschedulable) {
      const backOffMs = Math.min(firstBackOffMs * 2 ** (times - 1), longestBackOffMs)
      this.queue.addAfter(key, Math.max(this.random.between(5, 30), atMs + backOffMs - now))
    }
  }

  private schedule(key: string): void {
    const [namespace, name] = splitKey(key)
    const pod = this.world.store.get('Pod', name, namespace)
    if (!pod || !isWaiting(pod)) return void this.unschedulable.delete(key)
    const nodes = this.world.store.list('Node')
    const { own, theirs } = this.conflicts(pod, nodes)
    const reasons: string[] = []
    const fitting: NodeObject[] = []
    for (const node of nodes) {
      const nodeName = node.metadata?.name ?? ''
      const conflict = own.has(nodeName) ? 'own' : theirs.has(nodeName) ? 'theirs' : undefined
      const reason = whyNot(pod, { node, podCount: this.pods.count(nodeName), conflict })
      if (reason === undefined) fitting.push(node)
      else reasons.push(reason)
    }
    const best = this.best(pod, fitting)
    if (best) this.bind(pod, best)
    else this.fail(pod, fitError(reasons))
  }

  /** The nodes on which required anti-affinity forbids this pod: by its own terms, and by those of pods there. */
  private conflicts(pod: PodObject, nodes: readonly NodeObject[]): { own: Set<string>; theirs: Set<string> } {
    const places = { own: new Set<string>(), theirs: new Set<string>() }
    const forbid = (which: 'own' | 'theirs', topologyKey: string, at: NodeObject) => {
      const topology = at.metadata?.labels?.[topologyKey]
      if (topology === undefined) return
      for (const { metadata } of nodes) {
        if (metadata?.labels?.[topologyKey] === topology) places[which].add(metadata?.name ?? '')
      }
    }
    const mine = antiAffinityOf(pod)
    for (const node of nodes) {
      const nodeName = node.metadata?.name ?? ''
      if (mine.length > 0) {
        const there = this.pods.of(nodeName)
        for (const term of mine) {
          if (there.some((other) => repels(term, pod, other))) forbid('own', term.topologyKey, node)
        }
      }
      for (const other of this.repelling.of(nodeName)) {
        for (const term of antiAffinityOf(other)) {
          if (repels(term, other, pod)) forbid('theirs', term.topologyKey, node)
        }
      }
    }
    return places
  }

  /** What it prefers; else where the fewest of its own kind are, then the fewest at all; else any. */
  private best(pod: PodObject, nodes: readonly NodeObject[]): NodeObject | undefined {
    const owner = controllerOf(pod)?.uid
    let [best, bestScore]: [NodeObject[], number[]] = [[], []]
    for (const node of nodes) {
      const there = this.pods.of(node.metadata?.name ?? '')
      const alike = owner === undefined ? [] : there.filter((other) => controllerOf(other)?.uid === owner)
      // Those on their way out do not count: kubernetes/pkg/scheduler/framework/plugins/podtopologyspread.
      const staying = alike.filter((other) => !isTerminating(other)).length
      const score = [-preference(pod, node), staying, there.length]
      const order = compare(score, bestScore)
      if (best.length === 0 || order < 0) [best, bestScore] = [[node], score]
      else if (order === 0) best.push(node)
    }
    return best.length > 1 ? this.random.pick(best) : best[0]
  }

  private bind(pod: PodObject, node: NodeObject): void {
    const { store, events } = this.world
    const nodeName = node.metadata?.name ?? ''
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: store.timestamp() }
    const bound = store.update('Pod', {
      ...pod,
      spec: { ...(pod.spec ?? { containers: [] }), nodeName },
      status: { ...pod.status, conditions: withCondition(pod.status?.conditions, scheduled) },
    })
    this.unschedulable.delete(keyOf(pod))
    const message = `Successfully assigned ${keyOf(pod)} to ${nodeName}`
    if (bound) events.tell(bound, { type: 'Normal', reason: 'Scheduled', message, component })
  }

  private fail(pod: PodObject, message: string): void {
    const { store, events, clock } = this.world
    const key = keyOf(pod)
    this.unschedulable.set(key, { times: (this.unschedulable.get(key)?.times ?? 0) + 1, atMs: clock.now() })
    events.tell(pod, { type: 'Warning', reason: 'FailedScheduling', message, component })
    const old = conditionOf(pod.status?.conditions, 'PodScheduled')
    const lastTransitionTime = (old?.status === 'False' && old.lastTransitionTime) || store.timestamp()
    const failed = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime,
    }
    const conditions = withCondition(pod.status?.conditions, failed)
    store.update('Pod', { ...pod, status: { ...pod.status, conditions } })
  }
}

function isWaiting(pod: PodObject): boolean {
  return !pod.spec?.nodeName && !isTerminating(pod) && !isTerminal(pod)
}

/** In something that a pod may depend on, which heartbeats are not. */
function isOtherNode(before: NodeObject, node: NodeObject): boolean {
  return (
    !isSame(before.spec, node.spec) ||
    !isSame(before.metadata?.labels, node.metadata?.labels) ||
    !isSame(before.status?.allocatable, node.status?.allocatable)
  )
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) if (value !== b[at]) return value - (b[at] ?? 0)
  return 0
}
