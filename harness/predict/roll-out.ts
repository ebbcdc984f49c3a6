import type { Term } from '../model/result.ts'
import { containersEnd, createdAnew } from './pods.ts'
import type { PodTiming } from './spec.ts'
import {
  atOnceAtBest,
  endpointsFollow,
  period,
  replacementCreated,
  rollOutStep,
  statusArrives,
} from './terms.ts'

/** The parts of a Deployment's spec that bear on a roll-out, with Kubernetes' own names and units. */
export interface RollOutTiming {
  /** 1 unless given. */
  replicas?: number | undefined
  strategy?:
    | {
        /** `RollingUpdate` unless given. */
        type?: string | undefined
        rollingUpdate?:
          | { maxSurge?: number | string | undefined; maxUnavailable?: number | string | undefined }
          | undefined
      }
    | undefined
  minReadySeconds?: number | undefined
  /** 600 unless given. */
  progressDeadlineSeconds?: number | undefined
}

/** The numbers of a roll-out: how many pods there may be beyond those desired, and how many of those may be missing. */
export interface RollOutLimits {
  desired: number
  surge: number
  unavailable: number
}

const rolling = 'kubernetes/pkg/controller/deployment/rolling.go'
const minReady = 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#min-ready-seconds'
const deadline = 'kubernetes/pkg/controller/deployment/util/deployment_util.go: DeploymentTimedOut'

/**
 * 25 % each unless given: of maxSurge rounded up, of maxUnavailable down; where both come to 0, one may be missing.
 * Recreate takes all down first.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment and
 * kubernetes/pkg/controller/deployment/util/deployment_util.go: ResolveFenceposts.
 */
export function rollOutLimits({ replicas: desired = 1, strategy }: RollOutTiming): RollOutLimits {
  if (strategy?.type === 'Recreate') return { desired, surge: 0, unavailable: desired }
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {}
  const surge = resolve(maxSurge, desired, Math.ceil)
  const unavailable = Math.min(desired, resolve(maxUnavailable, desired, Math.floor))
  return { desired, surge, unavailable: surge + unavailable === 0 ? 1 : unavailable }
}

function resolve(value: number | string, of: number, round: (n: number) => number): number {
  if (typeof value === 'number') return value
  const [, percent] = /^(\d+)%$/.exec(value) ?? []
  return percent === undefined ? 0 : round((Number(percent) * of) / 100)
}

/** From a pod's creation to its availability. */
function oneIsAvailable(pod: PodTiming, { minReadySeconds = 0 }: RollOutTiming, readyTookMs = 0): Term[] {
  const ms = minReadySeconds * 1_000
  return [
    ...createdAnew(pod, readyTookMs),
    // The times that it is counted from are whole seconds.
    ...(ms > 0 ? [period('minReadySeconds', [Math.max(0, ms - 1_000), ms + 1_000], minReady)] : []),
  ]
}

/** What a roll-out starts from. */
export interface RollOut extends RollOutTiming {
  /** How many pods of the template that is rolled out were there already, as after a roll-out that stalled. */
  kept?: number
  /** The pods that are to go; only Recreate waits for their end. */
  old?: PodTiming
}

/**
 * From the first change of the ReplicaSets to the state in which every pod is of the new template, ready and in its
 * endpoints. No more new pods than maxSurge + maxUnavailable may be on their way at a time, so they come in waves.
 */
export function rollOutWaves(pod: PodTiming, rollOut: RollOut, readyTookMs = 0): Term[] {
  const { kept = 0, old } = rollOut
  const { desired, surge, unavailable } = rollOutLimits(rollOut)
  const missing = Math.max(0, desired - kept)
  const waves = Math.ceil(missing / (surge + unavailable || 1))
  const isRecreate = rollOut.strategy?.type === 'Recreate'
  const how = isRecreate ? 'Recreate' : `maxSurge ${surge}, maxUnavailable ${unavailable}`
  const wave = [rollOutStep, ...oneIsAvailable(pod, rollOut, readyTookMs)]
  const many = `${waves} waves of new pods, ${surge + unavailable} at a time (${how})`
  const named = { term: many, ms: 0, earliestMs: 0, source: rolling }
  const made = waves > 1 ? [named, ...wave.map((term) => times(term, waves))] : waves === 1 ? wave : []
  const stopped = isRecreate && old ? [...containersEnd(old, old.containers), statusArrives] : []
  const terms = [...stopped, ...made, rollOutStep, ...endpointsFollow]
  return kept > 0 ? atOnceAtBest(terms) : terms
}

function times({ term, ms, earliestMs = ms, ...rest }: Term, n: number): Term {
  return { ...rest, term: `${n} times: ${term}`, ms: ms * n, earliestMs: earliestMs * n }
}

/** More or fewer pods of the same template: all at once, and those that are to go are told to at once. */
export function scales(pod: PodTiming, timing: RollOutTiming, isUp: boolean, readyTookMs = 0): Term[] {
  return [rollOutStep, ...(isUp ? oneIsAvailable(pod, timing, readyTookMs) : []), ...endpointsFollow]
}

const defaultDeadlineSeconds = 600
/** The API server's word for none. kubernetes/pkg/controller/deployment/util/deployment_util.go: HasProgressDeadline. */
const noDeadline = 2 ** 31 - 1

/**
 * From the first change of the ReplicaSets to the Deployment's word that it makes no progress; undefined where it has no
 * deadline for it. Its last progress are the pods that it made, and the old ones that it took down. That time is a whole
 * second, and the controller looks a second after it.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds
 */
export function untilStalled({
  progressDeadlineSeconds = defaultDeadlineSeconds,
}: RollOut): Term[] | undefined {
  if (progressDeadlineSeconds === noDeadline) return undefined
  const ms = progressDeadlineSeconds * 1_000
  return [
    ...atOnceAtBest([rollOutStep, replacementCreated]),
    period('progressDeadlineSeconds since the last progress', [Math.max(0, ms - 1_000), ms], deadline),
    period('the Deployment is looked at', [0, 1_000], 'kubernetes/pkg/controller/deployment/progress.go'),
    statusArrives,
  ]
}
