import { createHash } from 'node:crypto'
import { fullName } from '../../../model/image.ts'
import type { PodObject } from '../../kube.ts'
import type { ContainerExit, Incarnation, PodRecord } from './containerd.ts'
import { conditionsOf } from './pod-conditions.ts'
import {
  type ContainerSpec,
  type ContainerStatus,
  containersOf,
  initContainersOf,
  isSidecar,
  isTerminal,
  type PodStatus,
  restartPolicyOf,
} from './spec.ts'

export interface Reason {
  reason: string
  message: string
}

/** What a pod's status is made of. */
export interface Seen {
  pod: PodObject
  record: PodRecord
  /** The status that the kubelet wrote last, or the API's own where it has written none yet. */
  before: PodStatus
  /** Why the last start of a container came to nothing, by its name. */
  reasons: ReadonlyMap<string, Reason>
  /** Nothing of it will be started again. */
  isOver: boolean
  hostIP: string
  timestamp(ms?: number): string
  /** By the probes' results, of a container that runs. */
  isStarted(container: ContainerSpec, incarnation: Incarnation): boolean
  /** The same. */
  isReady(container: ContainerSpec, incarnation: Incarnation): boolean
}

/** kubernetes/pkg/kubelet/kubelet_pods.go: generateAPIPodStatus */
export function podStatusOf(seen: Seen): PodStatus {
  const { pod, record, before, hostIP, timestamp } = seen
  const inits = initContainersOf(pod)
  const of = (container: ContainerSpec) => statusOfContainer(seen, container)
  const containerStatuses = containersOf(pod).map(of)
  const initContainerStatuses = inits.map(of)
  const phase = isTerminal(pod.status?.phase)
    ? pod.status?.phase
    : phaseOf(seen, containerStatuses, initContainerStatuses)
  const ip = pod.spec?.hostNetwork ? hostIP : record.ip
  // A pod that has ended keeps its IP in its status, though another may have it by now.
  const podIP = ip ?? (isSandboxLost(record) ? undefined : before.podIP)
  const status: PodStatus = {
    observedGeneration: pod.metadata?.generation ?? 1,
    ...(phase !== undefined && { phase }),
    ...(pod.status?.reason !== undefined && { reason: pod.status.reason }),
    ...(pod.status?.message !== undefined && { message: pod.status.message }),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP !== undefined && { podIP, podIPs: [{ ip: podIP }] }),
    startTime: before.startTime ?? timestamp(),
    ...(inits.length > 0 && { initContainerStatuses }),
    containerStatuses,
    qosClass: pod.status?.qosClass ?? 'BestEffort',
  }
  const conditions = conditionsOf(pod, status, record.sawSandbox, before.conditions ?? [], timestamp())
  return { ...status, conditions }
}

/** It went with the machine's power, and nothing took its place. */
function isSandboxLost(record: PodRecord): boolean {
  return (
    !record.hasSandbox &&
    record.all().some(({ exit, sandbox }) => sandbox === record.sandboxes && exit?.reason === 'Unknown')
  )
}

function statusOfContainer(seen: Seen, container: ContainerSpec): ContainerStatus {
  const { pod, record, reasons } = seen
  const { name, image = '' } = container
  const [newest, older] = record.of(name).filter((incarnation) => incarnation.seen !== 'nothing')
  const reason = shouldRestart(pod, container, newest) ? reasons.get(name) : undefined
  const waiting = reason && {
    waiting: { reason: reason.reason, ...(reason.message && { message: reason.message }) },
  }
  if (!newest) {
    const isInit = initContainersOf(pod).includes(container)
    const first =
      isInit || initContainersOf(pod).length === 0 || isDoneInitializing(seen)
        ? 'ContainerCreating'
        : 'PodInitializing'
    return {
      ...{
        name,
        state: waiting ?? { waiting: { reason: isInit ? 'PodInitializing' : first } },
        lastState: {},
      },
      ...{ ready: false, restartCount: 0, image, imageID: '', started: false },
    }
  }
  const isRunning = newest.seen === 'running'
  const terminated = (of: Incarnation) => ({ terminated: terminatedOf(seen, of) })
  const state = isRunning
    ? { running: { startedAt: seen.timestamp(newest.process.startedMs) } }
    : terminated(newest)
  const started = isRunning && seen.isStarted(container, newest)
  const isInitDone = !isRunning && newest.exit?.exitCode === 0 && isInitOnly(pod, container)
  return {
    name,
    state: waiting ?? state,
    lastState: waiting ? terminated(newest) : older ? terminated(older) : {},
    ready: isInitDone || (started && !isInitOnly(pod, container) && seen.isReady(container, newest)),
    restartCount: newest.attempt,
    image: fullName(image),
    imageID: imageIdOf(image),
    containerID: `containerd://${newest.process.id}`,
    started,
    resources: {},
  }
}

function isInitOnly(pod: PodObject, container: ContainerSpec): boolean {
  return initContainersOf(pod).includes(container) && !isSidecar(container)
}

function isDoneInitializing({ record, pod }: Seen): boolean {
  return initContainersOf(pod).every((container) => {
    const [newest] = record.of(container.name)
    return isSidecar(container) ? newest !== undefined : newest?.exit?.exitCode === 0
  })
}

function terminatedOf({ timestamp }: Seen, { exit, process }: Incarnation) {
  const { exitCode, reason, finishedMs } = exit ?? lost
  return {
    ...{ exitCode, reason, startedAt: timestamp(process.startedMs), finishedAt: timestamp(finishedMs) },
    containerID: `containerd://${process.id}`,
  }
}

const lost: ContainerExit = { exitCode: 137, reason: 'Unknown', finishedMs: 0 }

/** kubernetes/pkg/kubelet/container/helpers.go: ShouldContainerBeRestarted */
export function shouldRestart(
  pod: PodObject,
  container: ContainerSpec,
  newest: Incarnation | undefined,
): boolean {
  if (pod.metadata?.deletionTimestamp) return false
  if (!newest || newest.seen === 'nothing') return true
  if (newest.seen === 'running') return false
  if (isSidecar(container)) return true
  const isDone = newest.exit?.exitCode === 0
  const policy = restartPolicyOf(pod)
  if (isInitOnly(pod, container)) return !isDone && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && !isDone)
}

/** kubernetes/pkg/kubelet/kubelet_pods.go: getPhase */
function phaseOf({ pod, isOver }: Seen, containers: ContainerStatus[], inits: ContainerStatus[]): string {
  let [pending, failed, running, waiting, stopped, succeeded] = [0, 0, 0, 0, 0, 0]
  const isInitialized = containers.some(({ containerID }) => containerID !== undefined)
  for (const [at, { state, lastState, started }] of inits.entries()) {
    const spec = initContainersOf(pod)[at]
    const ended = state?.terminated ?? (state?.waiting && lastState?.terminated)
    if (spec && isSidecar(spec)) {
      if (state?.running) running++
      if (!isInitialized && !started && !ended) pending++
    } else if (!ended) pending++
    else if (ended.exitCode !== 0) failed++
  }
  for (const { state, lastState } of containers) {
    const ended = state?.terminated ?? (state?.waiting && lastState?.terminated)
    if (state?.running) running++
    else if (!ended) waiting++
    else {
      stopped++
      if (state?.terminated?.exitCode === 0) succeeded++
    }
  }
  const policy = restartPolicyOf(pod)
  if (failed > 0 && (policy === 'Never' || isOver)) return 'Failed'
  if (pending + failed > 0 || waiting > 0) return isOver ? 'Failed' : 'Pending'
  if (running > 0) return 'Running'
  const ended = stopped === succeeded ? 'Succeeded' : 'Failed'
  if (isOver) return ended
  if (policy === 'Always') return 'Running'
  return ended === 'Succeeded' || policy === 'Never' ? ended : 'Running'
}

const ids = new Map<string, string>()

/** As containerd names what was loaded from an archive, as kind does it. */
function imageIdOf(image: string): string {
  const known = ids.get(image)
  if (known) return known
  const made = `docker.io/library/import-2026-01-01@sha256:${createHash('sha256').update(image).digest('hex')}`
  ids.set(image, made)
  return made
}
