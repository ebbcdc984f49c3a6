import type { PodObject } from '../../kube.ts'
import {
  type Condition,
  type ContainerStatus,
  containersOf,
  initContainersOf,
  isSidecar,
  type PodStatus,
} from './spec.ts'

/** The conditions that a kubelet writes, in its order; all others are left as they are. */
export const ownConditions = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
] as const

type Said = Pick<Condition, 'status'> & { reason?: string; message?: string }

/** The conditions of a pod in this state; `before` tells since when those hold that have not changed. */
export function conditionsOf(
  pod: PodObject,
  status: PodStatus,
  hasSandbox: boolean,
  before: readonly Condition[],
  now: string,
): Condition[] {
  const containersReady = containersReadyOf(pod, status)
  const said: Record<(typeof ownConditions)[number], Said> = {
    PodReadyToStartContainers: { status: hasSandbox ? 'True' : 'False' },
    Initialized: initializedOf(pod, status),
    Ready: containersReady,
    ContainersReady: containersReady,
    PodScheduled: { status: 'True' },
  }
  return ownConditions.map((type) => withTime(type, said[type], pod, before, now))
}

/** Ready and ContainersReady anew, after a probe has changed its mind. */
export function withReadiness(pod: PodObject, status: PodStatus, now: string): Condition[] {
  const before = status.conditions ?? []
  const containersReady = containersReadyOf(pod, status)
  const said: Record<string, Said> = {
    Ready: containersReady,
    ContainersReady: containersReady,
  }
  return before.map((condition) => {
    const anew = said[condition.type]
    return anew ? withTime(condition.type, anew, pod, before, now) : condition
  })
}

function withTime(
  type: string,
  said: Said,
  pod: PodObject,
  before: readonly Condition[],
  now: string,
): Condition {
  const was = before.find((condition) => condition.type === type)
  const observedGeneration = pod.metadata?.generation ?? 1
  const lastTransitionTime = (was?.status === said.status ? was.lastTransitionTime : undefined) ?? now
  return { type, observedGeneration, lastTransitionTime, ...said }
}

/** kubernetes/pkg/kubelet/status/generate.go: GenerateContainersReadyCondition */
function containersReadyOf(pod: PodObject, { phase, ...status }: PodStatus): Said {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const sidecars = initContainersOf(pod).filter(isSidecar)
  const isReady = (name: string) => statusOf(status, name)?.ready === true
  const unready = [...sidecars, ...containersOf(pod)].map(({ name }) => name).filter((name) => !isReady(name))
  if (unready.length === 0) return { status: 'True' }
  const message = `containers with unready status: [${unready.join(' ')}]`
  return { status: 'False', reason: 'ContainersNotReady', message }
}

/** kubernetes/pkg/kubelet/status/generate.go: GeneratePodInitializedCondition */
function initializedOf(pod: PodObject, status: PodStatus): Said {
  if (status.phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' }
  // A container of the app has run, so they were done once.
  if (containersOf(pod).some(({ name }) => statusOf(status, name)?.containerID)) return { status: 'True' }
  const open = initContainersOf(pod)
    .filter((container) => {
      const { ready, started } = statusOf(status, container.name) ?? {}
      return isSidecar(container) ? !started : !ready
    })
    .map(({ name }) => name)
  if (open.length === 0) return { status: 'True' }
  const message = `containers with incomplete status: [${open.join(' ')}]`
  return { status: 'False', reason: 'ContainersNotInitialized', message }
}

export function statusOf(
  { containerStatuses = [], initContainerStatuses = [] }: PodStatus,
  name: string,
): ContainerStatus | undefined {
  return (
    containerStatuses.find((status) => status.name === name) ??
    initContainerStatuses.find((status) => status.name === name)
  )
}
