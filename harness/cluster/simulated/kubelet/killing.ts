import type { PodObject } from '../../kube.ts'
import type { World } from '../world.ts'
import type { Containerd, Incarnation, PodRecord } from './containerd.ts'
import { runHook } from './hooks.ts'
import type { Time } from './node-time.ts'
import type { PodEvents } from './pod-events.ts'
import { type ContainerSpec, containersOf, initContainersOf, isSidecar } from './spec.ts'

export interface KillOptions {
  world: World
  time: Time
  containerd: Containerd
  events: PodEvents
  pod: PodObject
  container: ContainerSpec
  incarnation: Incarnation
  /** Of the Killing event. */
  message: string
  graceSeconds: number
  /** Calls back once it is this container's turn to end; at once unless given. */
  turn?: ((then: () => void) => void) | undefined
}

/** A container always has so long to end, whatever its preStop hook took. */
const leastSeconds = 2

/**
 * Ends a container: its preStop hook, then its stop signal, then SIGKILL at the end of the grace period. Calls back when
 * it has ended.
 * kubernetes/pkg/kubelet/kuberuntime/kuberuntime_container.go: killContainer
 */
export function killContainer(options: KillOptions, done: () => void): void {
  const { world, time, containerd, events, pod, container, incarnation, message, turn } = options
  let left = options.graceSeconds
  const tell = (type: 'Normal' | 'Warning', reason: string, text: string) =>
    events.tell(pod, container.name, { type, reason, message: text })
  /** Goes on after one of two, whichever is first; what it took is taken from the grace period, in whole seconds. */
  const within = (begin: (ended: () => void) => void, next: () => void) => {
    const beganMs = time.nowMs
    let hasEnded = false
    const end = () => {
      if (hasEnded) return
      hasEnded = true
      timer.cancel()
      left -= Math.floor((time.nowMs - beganMs) / 1_000)
      next()
    }
    const timer = time.after(left * 1_000, end)
    begin(end)
  }
  const stop = () => containerd.stop(incarnation, Math.max(left, leastSeconds) * 1_000, time, done)
  const waitForTurn = () => (turn && left > 0 ? within(turn, stop) : stop())
  const preStop = container.lifecycle?.preStop

  tell('Normal', 'Killing', message)
  if (!preStop || left <= 0) waitForTurn()
  else {
    const { process } = incarnation
    const hook = (ended: () => void) =>
      runHook({ world, time, pod, container, process }, preStop, (succeeded) => {
        if (time.holds(ended)) return
        if (!succeeded) tell('Warning', 'FailedPreStopHook', 'PreStopHook failed')
        ended()
      })
    within(hook, waitForTurn)
  }
}

export type KillPodOptions = Omit<KillOptions, 'container' | 'incarnation' | 'message' | 'turn'> & {
  record: PodRecord
}

/**
 * Ends all that runs of a pod at once; sidecars after the app's containers, the last first.
 * kubernetes/pkg/kubelet/kuberuntime/kuberuntime_termination_order.go
 */
export function killPod({ record, ...options }: KillPodOptions, done: () => void): void {
  const { pod } = options
  const running = record.running()
  const open = new Set(running.map(({ name }) => name))
  if (open.size === 0) {
    done()
    return
  }
  const waiting: { after: string[]; then: () => void }[] = []
  const advance = () => {
    for (const turn of [...waiting]) {
      if (turn.after.some((name) => open.has(name))) continue
      waiting.splice(waiting.indexOf(turn), 1)
      turn.then()
    }
  }
  const names = containersOf(pod).map(({ name }) => name)
  const sidecars = initContainersOf(pod).filter(isSidecar)
  for (const incarnation of running) {
    const { name } = incarnation
    const at = sidecars.findIndex((sidecar) => sidecar.name === name)
    const container = [...containersOf(pod), ...initContainersOf(pod)].find((spec) => spec.name === name)
    const after = [...names, ...sidecars.slice(at + 1).map((later) => later.name)]
    const turn = (then: () => void) => {
      waiting.push({ after, then })
      advance()
    }
    const message = `Stopping container ${name}`
    const of = { container: container ?? { name }, incarnation, message, turn: at < 0 ? undefined : turn }
    killContainer({ ...options, ...of }, () => {
      open.delete(name)
      advance()
      if (open.size === 0) done()
    })
  }
}
