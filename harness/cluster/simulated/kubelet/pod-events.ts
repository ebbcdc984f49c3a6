import type { PodObject } from '../../kube.ts'
import type { Machine, World } from '../world.ts'
import { fieldPathOf, uidOf } from './spec.ts'

/** So many Events of one pod at once, then one more every five minutes. */
const burst = 25
const refillMs = 300_000

export interface PodEvent {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
}

/**
 * Tells a kubelet's Events of its pods; those that come too thick are dropped.
 * client-go/tools/record/events_cache.go: defaultSpamBurst, defaultSpamQPS
 */
export class PodEvents {
  private readonly world: World
  private readonly machine: Machine
  private readonly buckets = new Map<string, { left: number; atMs: number }>()

  constructor(world: World, machine: Machine) {
    this.world = world
    this.machine = machine
  }

  tell(pod: PodObject, container: string, event: PodEvent): void {
    if (!this.mayTell(uidOf(pod))) return
    const { name: host, link } = this.machine
    const fieldPath = fieldPathOf(pod, container)
    const tell = () => this.world.events.tell(pod, { ...event, component: 'kubelet', host, fieldPath })
    // It tries again: client-go/tools/record/event.go: recordToSink.
    if (!link.holds(tell)) tell()
  }

  forget(podUid: string): void {
    this.buckets.delete(podUid)
  }

  private mayTell(podUid: string): boolean {
    const nowMs = this.world.clock.now()
    const bucket = this.buckets.get(podUid) ?? { left: burst, atMs: nowMs }
    const left = Math.min(burst, bucket.left + (nowMs - bucket.atMs) / refillMs)
    const mayTell = left >= 1
    this.buckets.set(podUid, { left: mayTell ? left - 1 : left, atMs: nowMs })
    return mayTell
  }
}
