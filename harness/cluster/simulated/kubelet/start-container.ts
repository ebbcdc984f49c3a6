import type { PodObject } from '../../kube.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'
import type { BackOff } from './back-off.ts'
import type { Containerd, PodRecord } from './containerd.ts'
import { runHook } from './hooks.ts'
import { killContainer } from './killing.ts'
import type { Time } from './node-time.ts'
import type { PodEvents } from './pod-events.ts'
import type { Reason } from './pod-status.ts'
import { type ContainerSpec, uidOf } from './spec.ts'
import { isSystemImage } from './system-pod.ts'

export interface StartOptions {
  world: World
  time: Time
  random: Random
  containerd: Containerd
  events: PodEvents
  pod: PodObject
  record: PodRecord
  container: ContainerSpec
  backOff: BackOff
  imageBackOff: BackOff
  /** 1 for a container alone; less where others share the time. */
  share: number
  graceSeconds: number
}

/** From the decision to the image's check, to the container, to its process: 100 to 550 ms in all. */
const checksMs = [10, 50] as const
const createsMs = [20, 150] as const
const startsMs = [70, 350] as const
const pullsMs = [30, 100] as const

/**
 * Starts a container, unless its back-off is not over or its image is not to be had. Calls back with why it is not
 * started, or with nothing. kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go: SyncPod, doBackOff
 */
export function startContainer(options: StartOptions, done: (failure?: Reason) => void): void {
  const { world, time, random, containerd, events, pod, record, container, backOff, share } = options
  const { name } = container
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    events.tell(pod, name, { type, reason, message })
  const after = (range: readonly [number, number], then: () => void) =>
    time.after(random.between(...range) * share, then)

  const ended = record.of(name).find(({ seen }) => seen === 'exited')?.exit
  if (ended && backOff.isWaiting(name, ended.finishedMs, time.nowMs)) {
    const of = `${pod.metadata?.name}_${pod.metadata?.namespace}(${uidOf(pod)})`
    tell('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${of}`)
    const seconds = goDuration(backOff.msOf(name))
    const message = `back-off ${seconds} restarting failed container=${name} pod=${of}`
    done({ reason: 'CrashLoopBackOff', message })
    return
  }
  if (ended) backOff.next(name, ended.finishedMs, time.nowMs)

  const create = () => {
    after(createsMs, () => {
      tell('Normal', 'Created', `Created container: ${name}`)
      after(startsMs, start)
    })
  }
  const start = () => {
    const incarnation = containerd.start(record, pod, container)
    tell('Normal', 'Started', `Started container ${name}`)
    const postStart = container.lifecycle?.postStart
    if (!postStart) {
      done()
      return
    }
    const { process } = incarnation
    runHook({ world, time, pod, container, process }, postStart, (succeeded) => {
      const judge = () => {
        if (succeeded) {
          done()
          return
        }
        tell('Warning', 'FailedPostStartHook', 'PostStartHook failed')
        const kill = { ...options, incarnation, message: 'FailedPostStartHook' }
        killContainer(kill, () => done({ reason: 'PostStartHookError', message: 'PostStartHook failed' }))
      }
      if (!time.holds(judge)) judge()
    })
  }
  after(checksMs, () => pullImage(options, tell, create, done))
}

type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void

/** kubernetes/pkg/kubelet/images/image_manager.go: EnsureImageExists */
function pullImage(
  { world, time, random, container, imageBackOff }: StartOptions,
  tell: Tell,
  then: () => void,
  done: (failure: Reason) => void,
): void {
  const { image = '', imagePullPolicy: policy } = container
  const isThere = isSystemImage(image) || world.images.behaviourOf(image) !== undefined
  if (isThere && policy !== 'Always') {
    tell('Normal', 'Pulled', `Container image "${image}" already present on machine`)
    then()
    return
  }
  const fail = (reason: string, message: string) => {
    tell('Warning', 'Failed', `Error: ${reason}`)
    done({ reason, message })
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`
    tell('Warning', 'ErrImageNeverPull', message)
    fail('ErrImageNeverPull', message)
    return
  }
  const notFound = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
  if (imageBackOff.isWaitingSinceUpdate(image, time.nowMs)) {
    tell('Normal', 'BackOff', `Back-off pulling image "${image}"`)
    fail('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${notFound}`)
    return
  }
  tell('Normal', 'Pulling', `Pulling image "${image}"`)
  const tookMs = random.between(...pullsMs)
  time.after(tookMs, () => {
    if (isThere) {
      const took = `${Math.round(tookMs)}ms`
      tell('Normal', 'Pulled', `Successfully pulled image "${image}" in ${took} (${took} including waiting).`)
      then()
      return
    }
    imageBackOff.next(image, time.nowMs, time.nowMs)
    tell('Warning', 'Failed', `Failed to pull image "${image}": ${notFound}`)
    fail('ErrImagePull', notFound)
  })
}

/** As `10s`, `1m20s`, `5m0s`. */
function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
