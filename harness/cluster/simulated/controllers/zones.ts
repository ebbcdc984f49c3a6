import type { Random } from '../random.ts'
import type { VirtualClock } from '../virtual-clock.ts'

/** How much of a zone is lost. kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go: ComputeZoneState. */
export type ZoneState = 'initial' | 'normal' | 'partly lost' | 'lost'

/** `--node-eviction-rate`, `--secondary-node-eviction-rate`, `--large-cluster-size-threshold`, `--unhealthy-zone-threshold`. */
const nodesPerSecond = 0.1
const fewNodesPerSecond = 0.01
const largeZone = 50
const lostShare = 0.55

/** The zone of a node is `region:zone` by its labels. */
export function zoneOf(labels: Readonly<Record<string, string>> | undefined): string {
  return `${labels?.['topology.kubernetes.io/region'] ?? ''}:${labels?.['topology.kubernetes.io/zone'] ?? ''}`
}

export function stateOf({ ready, lost }: { ready: number; lost: number }): ZoneState {
  if (ready === 0 && lost > 0) return 'lost'
  return lost > 2 && lost / (lost + ready) >= lostShare ? 'partly lost' : 'normal'
}

/** How many nodes a second are tainted in a zone in this state. */
export function rateOf(state: ZoneState, size: number): number {
  if (state !== 'partly lost') return nodesPerSecond
  return size > largeZone ? fewNodesPerSecond : 0
}

/** Nodes that wait for their taint, one after the other at a rate: RateLimitedTimedQueue, with a burst of one. */
export class TaintQueue {
  private readonly clock: VirtualClock
  private readonly random: Random
  private readonly taint: (node: string) => void
  private readonly waiting = new Set<string>()
  private perSecond = nodesPerSecond
  /** When the next one may go. */
  private nextMs = 0
  private isPlanned = false

  constructor(clock: VirtualClock, random: Random, taint: (node: string) => void) {
    this.clock = clock
    this.random = random
    this.taint = taint
  }

  add(node: string): void {
    this.waiting.add(node)
    this.plan()
  }

  remove(node: string): void {
    this.waiting.delete(node)
  }

  /** From now on; 0 for none at all. Whoever had to wait goes on waiting as long as the new rate asks for. */
  setRate(perSecond: number): void {
    if (perSecond === this.perSecond) return
    const hadToWait = this.perSecond === 0 || this.nextMs > this.clock.now()
    this.perSecond = perSecond
    if (perSecond === 0) return
    this.nextMs = hadToWait ? this.clock.now() + 1_000 / perSecond : this.clock.now()
    this.plan()
  }

  private plan(): void {
    if (this.isPlanned || this.waiting.size === 0 || this.perSecond === 0) return
    this.isPlanned = true
    // The queue is looked at every 100 ms: kubernetes/pkg/controller/nodelifecycle/scheduler: NodeEvictionPeriod.
    const atMs = Math.max(this.nextMs, this.clock.now()) + this.random.between(0, 100)
    this.clock.at(atMs, () => {
      this.isPlanned = false
      const [node] = this.waiting
      if (node !== undefined && this.perSecond > 0 && this.nextMs <= this.clock.now()) {
        this.waiting.delete(node)
        this.nextMs = this.clock.now() + 1_000 / this.perSecond
        this.taint(node)
      }
      this.plan()
    })
  }
}
