import type { PodObject } from '../../kube.ts'
import type { Timer } from '../virtual-clock.ts'
import type { ProbeOutcome, ProbeQuestion } from '../world.ts'
import { questionOf } from './hooks.ts'
import { statusOf } from './pod-conditions.ts'
import type { ProbeResult, Prober, ProbeType } from './prober.ts'
import {
  type ContainerSpec,
  type ContainerStatus,
  isSidecar,
  isTerminal,
  type ProbeSpec,
  restartPolicyOf,
  uidOf,
} from './spec.ts'

export interface ProbeWorkerOptions {
  prober: Prober
  type: ProbeType
  spec: ProbeSpec
  pod: PodObject
  container: ContainerSpec
}

/** What is believed of a container before it was asked. kubernetes/pkg/kubelet/prober/worker.go: newWorker */
const initial: Record<ProbeType, ProbeResult> = {
  liveness: 'success',
  readiness: 'failure',
  startup: 'unknown',
}
const names: Record<ProbeType, string> = {
  liveness: 'Liveness',
  readiness: 'Readiness',
  startup: 'Startup',
}

/** How often a trigger is lost, for the worker is faster than the status that it looks at. Estimated. */
const triggerLost = 0.5
const triggerMs = [1, 15] as const

/**
 * Asks one container by one probe, tick after tick. The ticks begin with the worker, not with the container; a tick that
 * comes during a probe is answered right after it, and others are lost. kubernetes/pkg/kubelet/prober/worker.go
 */
export class ProbeWorker {
  readonly type: ProbeType
  readonly podUid: string
  readonly container: ContainerSpec
  containerID = ''
  private readonly prober: Prober
  private readonly pod: PodObject
  private readonly question: ProbeQuestion | undefined
  private readonly delayMs: number
  private readonly periodMs: number
  private readonly timeoutMs: number
  private readonly failures: number
  private readonly successes: number
  private tickMs = 0
  private timer: Timer | undefined
  private triggerTimer: Timer | undefined
  private isAsking = false
  private isSleeping = true
  private isTriggered = false
  private isStopped = false
  private isOnHold = false
  /** Of this container, the time from which on it may be asked. */
  private fromMs: number | undefined
  private lastResult: ProbeResult | undefined
  private run = 0
  private readonly tick = () => {
    this.timer = undefined
    this.tickMs += this.periodMs
    this.probe()
  }

  constructor({ prober, type, spec, pod, container }: ProbeWorkerOptions) {
    this.prober = prober
    this.type = type
    this.pod = pod
    this.podUid = uidOf(pod)
    this.container = container
    this.question = questionOf(container, spec)
    this.delayMs = (spec.initialDelaySeconds ?? 0) * 1_000
    this.periodMs = (spec.periodSeconds || 10) * 1_000
    this.timeoutMs = (spec.timeoutSeconds || 1) * 1_000
    this.failures = spec.failureThreshold || 3
    this.successes = spec.successThreshold || 1
  }

  start(): void {
    const { time, random } = this.prober.options
    const isYoung = time.nowMs - this.prober.startMs < this.periodMs
    this.timer = time.after(isYoung ? random.between(0, this.periodMs) : 0, () => {
      this.timer = undefined
      this.isSleeping = false
      this.tickMs = time.nowMs + this.periodMs
      this.probe()
    })
  }

  stop(): void {
    this.isStopped = true
    this.timer?.cancel()
    this.triggerTimer?.cancel()
  }

  /** Asks at once, once it is done with what it does. */
  trigger(): void {
    if (this.isTriggered || this.isStopped) return
    const { time, random } = this.prober.options
    if (random.next() < triggerLost && !this.isAsking && !this.isSleeping) return
    this.isTriggered = true
    if (this.isAsking || this.isSleeping) return
    this.triggerTimer = time.after(random.between(...triggerMs), () => {
      if (this.isAsking || !this.isTriggered) return
      this.isTriggered = false
      this.timer?.cancel()
      this.timer = undefined
      this.probe()
    })
  }

  private probe(): void {
    const found = this.find()
    if (found === 'ended') {
      this.prober.remove(this)
      return
    }
    if (found === 'not now') {
      this.next()
      return
    }
    const { containerd, world } = this.prober.options
    const { name } = this.container
    const incarnation = containerd
      .podOf(this.podUid)
      .of(name)
      .find(({ process }) => this.containerID.endsWith(process.id))
    if (!incarnation || !this.question) {
      this.next()
      return
    }
    this.isAsking = true
    world.network.probe(incarnation.process, this.question, this.timeoutMs, this.answered)
  }

  private readonly answered = (outcome: ProbeOutcome): void => {
    if (this.prober.options.time.holds(() => this.answered(outcome))) return
    this.isAsking = false
    if (this.isStopped) return
    this.judge(outcome)
    if (!this.isStopped) this.next()
  }

  private next(): void {
    const { time } = this.prober.options
    const nowMs = time.nowMs
    if (this.isTriggered) {
      this.isTriggered = false
      this.triggerTimer?.cancel()
      this.timer = time.after(0, () => this.probe())
      return
    }
    if (this.tickMs <= nowMs) {
      const missed = Math.floor((nowMs - this.tickMs) / this.periodMs)
      this.tickMs += missed * this.periodMs
      this.timer = time.after(0, this.tick)
    } else this.timer = time.after(this.tickMs - nowMs, this.tick)
  }

  /** Whether it may be asked now; learns of a new incarnation. */
  private find(): 'ask' | 'not now' | 'ended' {
    const { statuses, time, world } = this.prober.options
    const status = statuses.of(this.podUid)
    if (!status) return 'not now'
    if (isTerminal(status.phase)) return 'ended'
    const found = statusOf(status, this.container.name)
    if (!found?.containerID) return 'not now'
    if (this.containerID !== found.containerID) this.begin(found.containerID)
    if (this.isOnHold) return 'not now'
    const { running, terminated } = found.state ?? {}
    if (!running) {
      this.prober.setResult(this, 'failure')
      const isOver = terminated && restartPolicyOf(this.pod) === 'Never' && !isSidecar(this.container)
      return isOver ? 'ended' : 'not now'
    }
    // The kubelet knows whole seconds of it only.
    this.fromMs ??=
      Date.parse(running.startedAt ?? '') - (world.clock.epoch() - world.clock.now()) + this.delayMs
    if (time.nowMs < this.fromMs) return 'not now'
    return this.isTurn(found) ? 'ask' : 'not now'
  }

  private isTurn({ started }: ContainerStatus): boolean {
    return (started === true) !== (this.type === 'startup')
  }

  private begin(containerID: string): void {
    if (this.containerID) this.prober.forgetResult(this.type, this.containerID)
    this.containerID = containerID
    this.fromMs = undefined
    this.isOnHold = false
    this.prober.setResult(this, initial[this.type])
  }

  private judge(outcome: ProbeOutcome): void {
    const { result } = outcome
    const { events } = this.prober.options
    const warn = (reason: string, message: string) =>
      events.tell(this.pod, this.container.name, {
        ...{ type: 'Warning', reason, message: `${names[this.type]} probe ${message}` },
      })
    if (outcome.result === 'failure') warn('Unhealthy', `failed: ${outcome.message}`)
    else if (outcome.warning) warn('ProbeWarning', `warning: ${outcome.warning}`)
    this.run = this.lastResult === result ? this.run + 1 : 1
    this.lastResult = result
    if (this.run < (result === 'failure' ? this.failures : this.successes)) return
    this.prober.setResult(this, result)
    if (this.type !== 'readiness' && result === 'failure') {
      // Until there is a new container.
      this.isOnHold = true
      this.run = 0
    }
  }
}
