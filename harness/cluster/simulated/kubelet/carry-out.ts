import type { PodObject } from '../../kube.ts'
import type { BackOff } from './back-off.ts'
import type { PodRecord } from './containerd.ts'
import { killContainer, killPod } from './killing.ts'
import type { WorkTime } from './node-time.ts'
import type { Actions } from './pod-actions.ts'
import type { Reason } from './pod-status.ts'
import type { PodTools } from './pod-worker.ts'
import type { ContainerSpec } from './spec.ts'
import { startContainer } from './start-container.ts'

/** One piece of work on one pod. */
export interface PodWork {
  tools: PodTools
  /** Given up, nothing more of it is done. */
  time: WorkTime
  pod: PodObject
  record: PodRecord
  backOff: BackOff
  imageBackOff: BackOff
  /** Where it is kept why a container is not started. */
  reasons: Map<string, Reason>
}

const sandboxMs = [150, 400] as const
const sandboxStopMs = [20, 80] as const
/** A pod's first start takes so much of a restart's time, that its sandbox has room in it. */
const firstStartShare = 0.75

/**
 * Does to a pod what is to be done, one thing after the other, and calls back with whether all of it succeeded.
 * kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go: SyncPod
 */
export function carryOut(work: PodWork, actions: Actions, done: (succeeded: boolean) => void): void {
  kill(work, actions, () => addSandbox(work, actions, () => start(work, actions, 0, true, done)))
}

/** Ends all that runs of a pod, and then its sandbox. */
export function endPod(work: PodWork, graceSeconds: number, then: () => void): void {
  const { time, record, tools } = work
  const { containerd, random } = tools
  killPod({ ...given(work), record, graceSeconds }, () =>
    time.after(random.between(...sandboxStopMs), () => {
      containerd.removeSandbox(record)
      then()
    }),
  )
}

/** How long a pod has to end, where nobody says anything else. */
export function usualGraceSeconds({ spec }: PodObject): number {
  return spec?.terminationGracePeriodSeconds ?? 30
}

function given({ tools, time, pod }: PodWork) {
  const { world, containerd, events } = tools
  return { world, time, containerd, events, pod }
}

function kill(work: PodWork, actions: Actions, then: () => void, at = 0): void {
  const usual = usualGraceSeconds(work.pod)
  if (actions.killPod) {
    endPod(work, usual, then)
    return
  }
  const next = actions.kill[at]
  if (!next) {
    then()
    return
  }
  const { container, incarnation, message, by } = next
  const graceSeconds = container[`${by}Probe`]?.terminationGracePeriodSeconds ?? usual
  const options = { ...given(work), container, incarnation, message, graceSeconds }
  killContainer(options, () => kill(work, actions, then, at + 1))
}

function addSandbox(work: PodWork, { createSandbox }: Actions, then: () => void): void {
  if (!createSandbox) {
    then()
    return
  }
  const { time, tools, record, pod } = work
  time.after(tools.random.between(...sandboxMs), () => {
    tools.containerd.addSandbox(record, pod.spec?.hostNetwork === true)
    then()
  })
}

function start(
  work: PodWork,
  actions: Actions,
  at: number,
  succeeded: boolean,
  done: (succeeded: boolean) => void,
): void {
  const container: ContainerSpec | undefined = actions.start[at]
  if (!container) {
    done(succeeded)
    return
  }
  const { tools, pod, record, backOff, imageBackOff, reasons } = work
  const share = (actions.createSandbox ? firstStartShare : 1) / actions.start.length
  const own = { random: tools.random, record, container, backOff, imageBackOff, share }
  startContainer({ ...given(work), ...own, graceSeconds: usualGraceSeconds(pod) }, (failure) => {
    if (failure) reasons.set(container.name, failure)
    else reasons.delete(container.name)
    start(work, actions, at + 1, succeeded && !failure, done)
  })
}
