import type { PodObject } from '../../kube.ts'
import { isTerminating } from '../controllers/pod-state.ts'
import { uidOf } from '../kubelet/spec.ts'
import type { Machine, World } from '../world.ts'
import { type Invariants, isAlwaysReady } from './invariants.ts'
import { namespace } from './workload.ts'

/** A kubelet that was started has come to its work by then, in milliseconds. */
const startsWithinMs = 30_000
/** What goes beyond a pod's grace period: the least that a stop signal is given, a relist, some writes. */
const beyondGraceMs = 8_000
/** The node controller's grace, its look and a heartbeat's age: the endpoints of a silent node are not ready by then. */
const silentMs = 65_000

/** Holds nodes to what they promise their pods: those that nothing happens to, and those that are silent. */
export class NodeInvariants {
  private readonly world: World
  private readonly invariants: Invariants
  /** When something happened to a node last; each time is another, though it be at the same millisecond. */
  private readonly disturbances = new Map<string, { atMs: number }>()

  constructor(world: World, invariants: Invariants) {
    this.world = world
    this.invariants = invariants
    world.store.on('Pod', ({ type, object, before }) => {
      const pod = object as PodObject
      if (pod.metadata?.namespace !== namespace || !pod.spec?.nodeName) return
      if (type === 'DELETED') this.endsInTime(pod)
      else if (isTerminating(pod) && !(before && isTerminating(before as PodObject))) this.goesInTime(pod)
    })
  }

  /** Something happens to a machine, its kubelet or its Node. */
  disturbed({ name }: Machine): void {
    const { store, clock } = this.world
    const mine = { atMs: clock.now() }
    this.disturbances.set(name, mine)
    const node = store.get('Node', name)
    if (!node || this.speaks(name)) return
    clock.after(silentMs, () => {
      if (this.disturbances.get(name) !== mine) return
      const service = store.list('Service', namespace)[0]
      if (isAlwaysReady(service)) return
      for (const { endpoints = [] } of store.list('EndpointSlice', namespace)) {
        const ready = endpoints.find(({ nodeName, conditions }) => nodeName === name && conditions?.ready)
        if (ready)
          this.invariants.say(`${ready.targetRef?.name} is a ready endpoint on ${name}, which is silent`)
      }
    })
  }

  private speaks(name: string): boolean {
    const { machines, kubelets } = this.world
    const machine = machines.get(name)
    return machine?.state === 'running' && !machine.link.isCut && kubelets.get(name)?.unit === 'active'
  }

  /** Whether a node has been as it should be, for so long at least. */
  private isWell(name: string, forMs: number): boolean {
    const { atMs } = this.disturbances.get(name) ?? { atMs: Number.NEGATIVE_INFINITY }
    return this.speaks(name) && this.world.clock.now() - atMs >= forMs
  }

  private endsInTime(pod: PodObject): void {
    const name = pod.spec?.nodeName ?? ''
    if (!this.isWell(name, startsWithinMs)) return
    const ms = (pod.spec?.terminationGracePeriodSeconds ?? 30) * 1_000 + beyondGraceMs
    this.world.clock.after(ms, () => {
      if (!this.isWell(name, ms + startsWithinMs)) return
      for (const { order } of this.invariants.running) {
        if (uidOf(order.pod) !== uidOf(pod)) continue
        this.invariants.say(`${pod.metadata?.name}/${order.name} runs ${ms} ms after its pod was gone`)
      }
    })
  }

  private goesInTime({ metadata = {}, spec }: PodObject): void {
    const { name = '', uid, deletionGracePeriodSeconds = 0 } = metadata
    const node = spec?.nodeName ?? ''
    if (!this.isWell(node, startsWithinMs)) return
    const ms = deletionGracePeriodSeconds * 1_000 + beyondGraceMs
    this.world.clock.after(ms, () => {
      if (!this.isWell(node, ms + startsWithinMs)) return
      if (this.world.store.get('Pod', name, namespace)?.metadata?.uid !== uid) return
      this.invariants.say(`${name} is there ${ms} ms after its deletion`)
    })
  }
}
