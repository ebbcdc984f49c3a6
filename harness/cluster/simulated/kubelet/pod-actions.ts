import type { PodObject } from '../../kube.ts'
import type { Incarnation, PodRecord } from './containerd.ts'
import { shouldRestart } from './pod-status.ts'
import { type ContainerSpec, containersOf, initContainersOf, isSidecar, restartPolicyOf } from './spec.ts'

/** A container to be ended, and why. */
export interface Kill {
  container: ContainerSpec
  incarnation: Incarnation
  message: string
  by: 'liveness' | 'startup'
}

/** What is to be done to a pod, in this order. */
export interface Actions {
  /** All that runs of it ends, and its sandbox. */
  killPod: boolean
  kill: Kill[]
  createSandbox: boolean
  start: ContainerSpec[]
}

const nothing: Actions = { killPod: false, kill: [], createSandbox: false, start: [] }

/** kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go: computePodActions */
export function actionsOf(
  pod: PodObject,
  record: PodRecord,
  failedOf: (incarnation: Incarnation) => 'liveness' | 'startup' | undefined,
  isStarted: (container: ContainerSpec, incarnation: Incarnation) => boolean,
): Actions {
  const policy = restartPolicyOf(pod)
  const isDone = (container: ContainerSpec) => !shouldRestart(pod, container, newestOf(record, container))
  if (!record.sawSandbox) return withSandbox(pod, record)

  const inits = initActions(pod, record, failedOf, isStarted)
  if (!inits.areDone) return { ...nothing, kill: inits.kill, start: inits.start, killPod: inits.haveFailed }
  const kill: Kill[] = []
  const start: ContainerSpec[] = []
  let kept = 0
  for (const container of containersOf(pod)) {
    const incarnation = currentOf(record, container)
    if (incarnation?.seen !== 'running') {
      if (!isDone(container)) start.push(container)
      continue
    }
    const by = failedOf(incarnation)
    if (!by) {
      kept++
      continue
    }
    kill.push(killOf(container, incarnation, by, policy !== 'Never'))
    if (policy !== 'Never') start.push(container)
  }
  // Sidecars alone do not keep a pod alive.
  if (kept === 0 && start.length === 0) return { ...nothing, kill, killPod: true }
  return { ...nothing, kill: [...inits.kill, ...kill], start: [...inits.start, ...start] }
}

function withSandbox(pod: PodObject, record: PodRecord): Actions {
  const policy = restartPolicyOf(pod)
  const killPod = record.running().length > 0
  if (policy === 'Never' && record.sandboxes > 0 && record.all().length > 0) return { ...nothing, killPod }
  const hasSucceeded = (container: ContainerSpec) => newestOf(record, container)?.exit?.exitCode === 0
  const start = containersOf(pod).filter((of) => policy !== 'OnFailure' || !hasSucceeded(of))
  if (start.length === 0) return { ...nothing, killPod }
  const [firstInit] = initContainersOf(pod)
  return { ...nothing, killPod, createSandbox: true, start: firstInit ? [firstInit] : start }
}

function initActions(
  pod: PodObject,
  record: PodRecord,
  failedOf: (incarnation: Incarnation) => 'liveness' | 'startup' | undefined,
  isStarted: (container: ContainerSpec, incarnation: Incarnation) => boolean,
): { areDone: boolean; haveFailed: boolean; kill: Kill[]; start: ContainerSpec[] } {
  const kill: Kill[] = []
  const start: ContainerSpec[] = []
  const isInitialized = containersOf(pod).some((container) => currentOf(record, container))
  const wait = (haveFailed = false) => ({ areDone: false, haveFailed, kill, start })
  for (const container of initContainersOf(pod)) {
    const incarnation = currentOf(record, container)
    const runs = incarnation?.seen === 'running'
    if (isSidecar(container)) {
      const by = runs ? failedOf(incarnation) : undefined
      if (by) kill.push(killOf(container, incarnation as Incarnation, by, true))
      if (!runs || by) start.push(container)
      if (!isInitialized && (!runs || by || !isStarted(container, incarnation))) return wait()
      continue
    }
    if (isInitialized || incarnation?.exit?.exitCode === 0) continue
    if (runs) return wait()
    if (incarnation && restartPolicyOf(pod) === 'Never') return wait(true)
    start.push(container)
    return wait()
  }
  return { areDone: true, haveFailed: false, kill, start }
}

function killOf(
  container: ContainerSpec,
  incarnation: Incarnation,
  by: 'liveness' | 'startup',
  restarts: boolean,
): Kill {
  const message = `Container ${container.name} failed ${by} probe${restarts ? ', will be restarted' : ''}`
  return { container, incarnation, by, message }
}

/** Of this sandbox, as the kubelet knows it. */
function currentOf(record: PodRecord, container: ContainerSpec): Incarnation | undefined {
  const newest = newestOf(record, container)
  return newest?.sandbox === record.sandboxes ? newest : undefined
}

function newestOf(record: PodRecord, { name }: ContainerSpec): Incarnation | undefined {
  return record.of(name).find(({ seen }) => seen !== 'nothing')
}
