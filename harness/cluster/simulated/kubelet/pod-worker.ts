import type { PodObject } from '../../kube.ts'
import type { Random } from '../random.ts'
import type { Timer } from '../virtual-clock.ts'
import type { Machine, World } from '../world.ts'
import { BackOff } from './back-off.ts'
import { carryOut, endPod, type PodWork, usualGraceSeconds } from './carry-out.ts'
import type { Containerd, PodRecord } from './containerd.ts'
import { type NodeTime, WorkTime } from './node-time.ts'
import type { Pleg } from './pleg.ts'
import { actionsOf } from './pod-actions.ts'
import type { PodEvents } from './pod-events.ts'
import { podStatusOf, type Reason } from './pod-status.ts'
import type { Prober } from './prober.ts'
import { containersOf, isTerminal, type PodStatus, uidOf } from './spec.ts'
import type { StatusManager } from './status-manager.ts'

/** What the pods of a node are run with. */
export interface PodTools {
  world: World
  machine: Machine
  time: NodeTime
  random: Random
  containerd: Containerd
  events: PodEvents
  statuses: StatusManager
  prober: Prober
  pleg: Pleg
  /** Nothing of the pod is left, in the API or on the node. */
  onGone(podUid: string): void
}

/** kubernetes/pkg/kubelet/kubelet.go: backOffPeriod; each is up to half as much again, by pod_workers.go. */
const retryMs = [10_000, 15_000] as const
/** kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go: SyncFrequency */
const resyncMs = [60_000, 90_000] as const
/** The longest wait before an image is pulled again: kubernetes/pkg/kubelet/kubelet.go: imageBackOffPeriod, MaxImageBackOff */
const imageBackOffMaxMs = 300_000

/**
 * Brings one pod to what its object says, step by step, and never two steps at once. What is on the node is known as of
 * the last relist; a sync after another one waits for the next. kubernetes/pkg/kubelet/pod_workers.go
 */
export class PodWorker {
  private readonly tools: PodTools
  private readonly record: PodRecord
  private readonly backOff: BackOff
  private readonly imageBackOff = new BackOff(imageBackOffMaxMs)
  private readonly reasons = new Map<string, Reason>()
  private pod: PodObject
  private state: 'syncing' | 'terminating' | 'terminated' | 'finished' = 'syncing'
  private work: WorkTime | undefined
  private timer: Timer | undefined
  private isStarting = false
  private isAsked = false
  private isRemoved = false
  private lastSyncMs: number | undefined
  private graceSeconds: number | undefined

  constructor(tools: PodTools, pod: PodObject) {
    this.tools = tools
    this.pod = pod
    this.record = tools.containerd.podOf(uidOf(pod))
    this.backOff = new BackOff(tools.world.timing.crashLoopBackOffMaxMs)
    this.update(pod)
  }

  /** The pod's object, as it is now. */
  update(pod: PodObject): void {
    this.pod = pod
    const mustEnd = pod.metadata?.deletionTimestamp !== undefined || isTerminal(pod.status?.phase)
    if (this.state === 'finished') this.tools.statuses.finish(pod)
    else if (mustEnd) this.terminate()
    this.ask()
  }

  /** The pod's object is gone. */
  remove(): void {
    this.isRemoved = true
    if (this.state === 'finished') this.forget()
    else {
      this.terminate()
      this.ask()
    }
  }

  /** A relist of the node's containers. */
  relisted(): void {
    if (this.record.look()) this.ask()
  }

  /** Syncs the pod, as soon as may be. */
  ask(): void {
    if (this.isStarting || this.state === 'finished') return
    if (this.work) {
      this.isAsked = true
      return
    }
    const { time, pleg } = this.tools
    this.timer?.cancel()
    const isFresh = this.lastSyncMs === undefined || pleg.lastMs() > this.lastSyncMs
    this.isStarting = true
    this.timer = time.after(isFresh ? 0 : pleg.nextMs() - time.nowMs, () => {
      this.isStarting = false
      if (!isFresh) this.record.look()
      this.begin()
    })
  }

  private terminate(): void {
    const asked = this.pod.metadata?.deletionGracePeriodSeconds
    // It can only get shorter; nothing is ended without a second to spare.
    const before = this.graceSeconds
    const usual = usualGraceSeconds(this.pod)
    const wanted = Math.max(1, asked && (before === undefined || asked < before) ? asked : (before ?? usual))
    this.graceSeconds = wanted
    const isShorter = before !== undefined && wanted < before
    if (this.state === 'syncing') this.state = 'terminating'
    else if (!isShorter || this.state !== 'terminating') return
    if (!this.work) return
    // What is being done is given up.
    this.work.giveUp()
    this.isAsked = true
    this.complete(resyncMs)
  }

  private begin(): void {
    this.work = new WorkTime(this.tools.time)
    this.isAsked = false
    if (this.state === 'syncing') this.sync(this.work)
    else if (this.state === 'terminating') this.syncTerminating(this.work)
    else this.syncTerminated()
  }

  private complete(again: readonly [number, number] | undefined): void {
    const { time, random } = this.tools
    this.work = undefined
    this.lastSyncMs = time.nowMs
    if (this.isAsked) {
      this.isAsked = false
      this.ask()
    } else if (again && this.state !== 'finished') {
      this.timer = time.after(random.between(...again), () => this.ask())
    }
  }

  private sync(work: WorkTime): void {
    const { statuses, prober } = this.tools
    const { pod, record } = this
    const status = this.statusNow()
    statuses.set(pod, status)
    if (isTerminal(status.phase)) {
      this.terminate()
      return
    }
    prober.addPod(pod)
    const uid = record.uid
    const actions = actionsOf(
      pod,
      record,
      (incarnation) => prober.failedOf(incarnation),
      (container, incarnation) => prober.isStarted(uid, container, incarnation),
    )
    carryOut(this.workIn(work), actions, (succeeded) =>
      this.complete(succeeded ? (this.isSettled() ? undefined : resyncMs) : retryMs),
    )
  }

  private syncTerminating(work: WorkTime): void {
    const { statuses, prober } = this.tools
    const { record } = this
    if (!this.isRemoved) statuses.set(this.pod, this.statusNow())
    prober.stopLivenessAndStartup(record.uid)
    endPod(this.workIn(work), this.graceSeconds ?? usualGraceSeconds(this.pod), () => {
      prober.removePod(record.uid)
      record.look()
      if (!this.isRemoved) statuses.set(this.pod, this.statusNow(true))
      this.state = 'terminated'
      this.isAsked = true
      this.complete(undefined)
    })
  }

  private syncTerminated(): void {
    const { statuses, prober } = this.tools
    prober.removePod(this.record.uid)
    this.state = 'finished'
    this.complete(undefined)
    if (this.isRemoved) this.forget()
    else {
      statuses.set(this.pod, this.statusNow(true))
      statuses.finish(this.pod)
    }
  }

  private workIn(time: WorkTime): PodWork {
    const { tools, pod, record, backOff, imageBackOff, reasons } = this
    return { tools, time, pod, record, backOff, imageBackOff, reasons }
  }

  private forget(): void {
    const { containerd, statuses, prober, events, onGone } = this.tools
    this.timer?.cancel()
    prober.removePod(this.record.uid)
    statuses.forget(this.record.uid)
    events.forget(this.record.uid)
    containerd.forget(this.record)
    onGone(this.record.uid)
  }

  /** Nothing of it can change by itself but its containers, of which the relists tell. */
  private isSettled(): boolean {
    const { containerStatuses = [] } = this.tools.statuses.of(this.record.uid) ?? {}
    return (
      containersOf(this.pod).length === containerStatuses.length &&
      containerStatuses.every(({ ready }) => ready)
    )
  }

  private statusNow(isOver = false): PodStatus {
    const { world, machine, statuses, prober } = this.tools
    const { pod, record, reasons } = this
    const { uid } = record
    return podStatusOf({
      ...{ pod, record, reasons, isOver, hostIP: machine.ip },
      before: statuses.of(uid) ?? pod.status ?? {},
      timestamp: (ms) => world.store.timestamp(ms),
      isStarted: (container, incarnation) => prober.isStarted(uid, container, incarnation),
      isReady: (container, incarnation) => prober.isReady(uid, container, incarnation),
    })
  }
}
