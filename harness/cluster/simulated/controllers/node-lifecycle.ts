import type { NodeObject, PodObject } from '../../kube.ts'
import { isSame } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { conditionOf, withCondition } from './conditions.ts'
import {
  hasNoExecute,
  type NodeHealth,
  readyOf,
  silenced,
  withNoExecute,
  withNoSchedule,
} from './node-health.ts'
import { ObjectIndex } from './object-index.ts'
import { notReady, unreachable } from './taints.ts'
import { rateOf, stateOf, TaintQueue, type ZoneState, zoneOf } from './zones.ts'

const component = 'node-controller'
/** `--node-startup-grace-period`: of a node whose kubelet never posted its status. */
const startupGraceMs = 60_000
/** How long the controller's cache takes to tell of what it wrote itself. */
const cacheLagMs = [2, 20] as const
const leaseNamespace = 'kube-node-lease'

/**
 * Watches the nodes' heartbeats: a silent one becomes Unknown, its pods not ready, and it is tainted.
 * kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go. Before 1.34 the taint came one look later:
 * https://github.com/kubernetes/kubernetes/issues/120815
 */
export function startNodeLifecycle(world: World): void {
  new NodeLifecycleController(world).start()
}

class NodeLifecycleController {
  private readonly world: World
  private readonly random: World['random']
  private readonly queue: WorkQueue
  private readonly pods: ObjectIndex<'Pod'>
  /** By name, of nodes that are gone too: it is not forgotten by the real one either. */
  private readonly health = new Map<string, NodeHealth>()
  private readonly known = new Map<string, NodeObject>()
  private readonly zones = new Map<string, { state: ZoneState; queue: TaintQueue }>()

  constructor(world: World) {
    this.world = world
    this.random = world.random.fork('node lifecycle')
    const { store, clock } = world
    const work = (name: string) => this.taintByConditions(name)
    this.queue = new WorkQueue({ clock, random: this.random, latencyMs: [5, 25], work })
    this.pods = new ObjectIndex(store, 'Pod', ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []))
  }

  start(): void {
    const { store, clock, timing } = this.world
    for (const { metadata } of store.list('Node')) this.queue.add(metadata?.name ?? '')
    store.on('Node', ({ type, object, before }) => {
      const [node, old] = [object as NodeObject, before as NodeObject | undefined]
      const isOther = statesOf(old) !== statesOf(node) || !isSame(old?.spec, node.spec)
      if (type === 'ADDED' || (type === 'MODIFIED' && isOther)) this.queue.add(node.metadata?.name ?? '')
    })
    const look = () => {
      this.look()
      // Its period begins with its work, which never begins quite on time.
      clock.after(timing.nodeMonitorPeriodMs + this.random.between(0.1, 3), look)
    }
    clock.after(this.random.between(0, timing.nodeMonitorPeriodMs), look)
  }

  private taintByConditions(name: string): void {
    const { store } = this.world
    const node = store.get('Node', name)
    if (node) store.update('Node', withNoSchedule(node, store.timestamp()))
  }

  /** One look at all nodes: monitorNodeHealth. */
  private look(): void {
    const nodes = this.world.store.list('Node')
    this.classify(nodes)
    const counts = new Map<string, { ready: number; lost: number }>()
    for (const node of nodes) {
      const before = readyOf(node)
      const after = this.checkHealth(node)
      const status = readyOf(after)?.status
      if (node.metadata?.labels?.['node.kubernetes.io/exclude-disruption'] === undefined) {
        const count = counts.get(zoneOf(node.metadata?.labels)) ?? { ready: 0, lost: 0 }
        counts.set(zoneOf(node.metadata?.labels), count)
        if (status === 'True') count.ready++
        else count.lost++
      }
      if (status === undefined) continue
      this.taintToEvict(after, status)
      if (status !== 'True' && before?.status === 'True') {
        this.tellNode(after, 'NodeNotReady', `Node ${after.metadata?.name} status is now: NodeNotReady`)
        for (const pod of this.pods.of(after.metadata?.name ?? '')) this.markNotReady(pod)
      }
    }
    this.handleDisruption(counts)
  }

  private classify(nodes: readonly NodeObject[]): void {
    const there = new Set<string>()
    for (const node of nodes) {
      const { name = '', labels } = node.metadata ?? {}
      there.add(name)
      this.zone(zoneOf(labels))
      if (!this.known.has(name)) {
        this.tellNode(node, 'RegisteredNode', `Registered Node ${name} in Controller`)
        this.makeReachable(node)
      }
      this.known.set(name, node)
    }
    for (const [name, node] of this.known) {
      if (there.has(name)) continue
      this.known.delete(name)
      this.tellNode(node, 'RemovingNode', `Removing Node ${name} from Controller`)
    }
  }

  private zone(name: string): { state: ZoneState; queue: TaintQueue } {
    const { clock } = this.world
    const taint = (node: string) => this.taintNow(node)
    const zone = this.zones.get(name) ?? {
      state: 'initial' as const,
      queue: new TaintQueue(clock, this.random, taint),
    }
    this.zones.set(name, zone)
    return zone
  }

  /** Gives the node as it is after the check: tryUpdateNodeHealth. */
  private checkHealth(node: NodeObject): NodeObject {
    const { store, clock, timing } = this.world
    const name = node.metadata?.name ?? ''
    const ready = readyOf(node)
    const { renewTime } = store.get('Lease', name, leaseNamespace)?.spec ?? {}
    const createdMs = Date.parse(node.metadata?.creationTimestamp ?? '') - clock.epoch() + clock.now()
    const old = this.health.get(name)
    const heartbeat = ready?.lastHeartbeatTime
    const isSpoken = ready !== undefined && old?.heartbeat !== heartbeat
    const isRenewed = renewTime !== undefined && old?.renewTime !== renewTime
    const isSeen = isSpoken || isRenewed
    const seenMs = isSeen ? clock.now() : (old?.seenMs ?? createdMs)
    const health: NodeHealth = { heartbeat, renewTime: renewTime ?? old?.renewTime, seenMs }
    this.health.set(name, health)
    if (clock.now() <= seenMs + (ready ? timing.nodeMonitorGraceMs : startupGraceMs)) return node
    const written = store.update('Node', silenced(node, store.timestamp())) ?? node
    health.heartbeat = readyOf(written)?.lastHeartbeatTime
    health.cachedMs = clock.now() + this.random.between(...cacheLagMs)
    return written
  }

  /** kubernetes/pkg/controller/nodelifecycle: processTaintBaseEviction. */
  private taintToEvict(node: NodeObject, status: string): void {
    const { store } = this.world
    const { name = '', labels } = node.metadata ?? {}
    if (status === 'True') return this.makeReachable(node)
    const [mine, other] = status === 'False' ? [notReady, unreachable] : [unreachable, notReady]
    if (hasNoExecute(node, other))
      store.update('Node', withNoExecute(this.again(node), status, store.timestamp()))
    else if (!hasNoExecute(node, mine)) this.zone(zoneOf(labels)).queue.add(name)
  }

  /** One that the controller's cache still has as ready is passed over, and its turn is gone: doNoExecuteTaintingPass. */
  private taintNow(name: string): void {
    const { store, clock } = this.world
    if ((this.health.get(name)?.cachedMs ?? 0) > clock.now()) return
    const node = store.get('Node', name)
    const status = node && readyOf(node)?.status
    if (node && status !== 'True') store.update('Node', withNoExecute(node, status, store.timestamp()))
  }

  private makeReachable(node: NodeObject): void {
    const { store } = this.world
    const { name = '', labels } = node.metadata ?? {}
    store.update('Node', withNoExecute(this.again(node), undefined, store.timestamp()))
    this.zone(zoneOf(labels)).queue.remove(name)
  }

  private again(node: NodeObject): NodeObject {
    return this.world.store.get('Node', node.metadata?.name ?? '') ?? node
  }

  /** kubernetes/pkg/controller/util/node/controller_utils.go: MarkPodsNotReady. */
  private markNotReady(pod: PodObject): void {
    const { store, events } = this.world
    const ready = conditionOf(pod.status?.conditions, 'Ready')
    if (!ready || ready.status === 'False') return
    const condition = { ...ready, status: 'False', lastTransitionTime: store.timestamp() }
    const conditions = withCondition(pod.status?.conditions, condition)
    store.update('Pod', { ...pod, status: { ...pod.status, conditions } })
    events.tell(pod, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', component })
  }

  /** Evictions slow down, or stop, where much of a zone is lost; all of them stop where everything is. */
  private handleDisruption(counts: ReadonlyMap<string, { ready: number; lost: number }>): void {
    const { store, clock } = this.world
    for (const name of [...this.zones.keys()]) if (!counts.has(name)) this.zones.delete(name)
    const states = new Map([...counts].map(([name, count]) => [name, stateOf(count)]))
    const isAllLost = [...states.values()].every((state) => state === 'lost')
    const wasAllLost = [...this.zones.values()].every(({ state }) => state === 'lost')
    if (isAllLost && wasAllLost) return
    if (isAllLost) {
      for (const node of store.list('Node')) this.makeReachable(node)
      for (const zone of this.zones.values()) {
        zone.queue.setRate(0)
        zone.state = 'lost'
      }
      return
    }
    if (wasAllLost) for (const health of this.health.values()) health.seenMs = clock.now()
    for (const [name, zone] of this.zones) {
      const [state, count] = [states.get(name) ?? 'normal', counts.get(name)]
      if (!wasAllLost && state === zone.state) continue
      zone.queue.setRate(rateOf(state, (count?.ready ?? 0) + (count?.lost ?? 0)))
      zone.state = state
    }
  }

  private tellNode(node: NodeObject, reason: string, message: string): void {
    this.world.events.tell(node, { type: 'Normal', reason, message, component })
  }
}

/** Its conditions without their times. */
function statesOf(node: NodeObject | undefined): string {
  return (node?.status?.conditions ?? []).map(({ type, status }) => `${type} ${status}`).join()
}
