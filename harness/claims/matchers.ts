import { inspect } from 'node:util'
import { expect } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { type EndpointsOptions, type JoinOptions, toJoinEndpoints, toLeaveEndpoints } from './endpoints.ts'
import { type ToBeReplacedOptions, toBeReplaced } from './to-be-replaced.ts'
import { type ToBecomeReadyOptions, toBecomeReady } from './to-become-ready.ts'
import { type ToCompleteOptions, toComplete } from './to-complete.ts'
import { type ToConvergeOptions, toConverge } from './to-converge.ts'
import { type ToCrashLoopOptions, toCrashLoop } from './to-crash-loop.ts'
import { type ToExitOptions, toExit } from './to-exit.ts'
import { type JobFailure, type ToFailForOptions, toFailFor } from './to-fail-for.ts'
import { type ToHaveEventsOptions, toHaveEvents } from './to-have-events.ts'
import { type ToHaveGapOfOptions, toHaveGapOf } from './to-have-gap-of.ts'
import { type ToKeepAvailableOptions, toKeepAvailable } from './to-keep-available.ts'
import { type ToKeepItsAddressOptions, toKeepItsAddress } from './to-keep-its-address.ts'
import { type ToKeepItsScheduleOptions, toKeepItsSchedule } from './to-keep-its-schedule.ts'
import { type ToKeepLatencyOptions, toKeepLatency } from './to-keep-latency.ts'
import { type LogText, type ToLogOptions, toLog } from './to-log.ts'
import { type ToLoseRequestsOptions, toLoseRequests } from './to-lose-requests.ts'
import { type ToOutliveOptions, toOutlive } from './to-outlive.ts'
import { type ToOwnItsPodsOptions, toOwnItsPods } from './to-own-its-pods.ts'
import { type ToRecoverOptions, toRecover } from './to-recover.ts'
import { type ToRespectBudgetOptions, toRespectBudget } from './to-respect-budget.ts'
import { type ToRestartOptions, toRestart } from './to-restart.ts'
import { type ToRollOutOptions, toRollOut } from './to-roll-out.ts'
import { type ToShutDownGracefullyOptions, toShutDownGracefully } from './to-shut-down-gracefully.ts'
import { type ToStallRollOutOptions, toStallRollOut } from './to-stall-roll-out.ts'
import { type ToStartInOrderOptions, toStartInOrder } from './to-start-in-order.ts'
import { type ToStayUpOptions, toStayUp } from './to-stay-up.ts'

type OnPod<T, F extends unknown[]> = T extends Pod ? (...options: F) => Promise<void> : never
type OnWorkload<T, F extends unknown[]> = T extends Workload ? (...options: F) => Promise<void> : never

/** Claims about a pod or a workload. Each is judged, written down, and told at the end of the scenario. */
export interface ClaimsOf<T> {
  /** A container of the pod ends and runs again, in the same pod. */
  toRestart: OnPod<T, [options?: ToRestartOptions]>
  /** A container of the pod ends again and again, and is started again after delays that grow. */
  toCrashLoop: OnPod<T, [options?: ToCrashLoopOptions]>
  /** A container of the pod ends with this exit code. */
  toExit: OnPod<T, [options: ToExitOptions]>
  /** A container of the pod writes a line that holds this text, or that this expression finds. */
  toLog: OnPod<T, [text: LogText, options?: ToLogOptions]>
  /** Kubernetes' own events tell of the pod, by these reasons and in this order. */
  toHaveEvents: OnPod<T, [reasons: readonly string[], options?: ToHaveEventsOptions]>
  /** A pod that was made since the fault is ready, and in its Services, no sooner than its probes allow. */
  toBecomeReady: OnPod<T, [options?: ToBecomeReadyOptions]>
  /** The pod's endpoint is no longer ready, or gone. */
  toLeaveEndpoints: OnPod<T, [options?: EndpointsOptions]>
  /** The pod's endpoint is ready again, after it was seen not to be. */
  toJoinEndpoints: OnPod<T, [options?: JoinOptions]>
  /** Another pod of the same owner stands in for this one, and is ready. */
  toBeReplaced: OnPod<T, [options?: ToBeReplacedOptions]>
  /** Told to stop, it ends by itself within its grace period, with this exit code, and loses no request. */
  toShutDownGracefully: OnPod<T, [options?: ToShutDownGracefullyOptions]>
  /** A container of the pod that is told to stop goes on for as long as another. */
  toOutlive: OnPod<T, [options: ToOutliveOptions]>
  /** No container ends and no pod goes. */
  toStayUp: T extends Pod | Workload ? (options?: ToStayUpOptions) => Promise<void> : never
  /** A pod keeps its name, its UID and its IP; a workload's Services keep theirs, and their ports. */
  toKeepItsAddress: T extends Pod | Workload ? (options?: ToKeepItsAddressOptions) => Promise<void> : never
  /** Every replica is ready and in its Service again, after it was seen not to be so. */
  toRecover: OnWorkload<T, [options?: ToRecoverOptions]>
  /** As many pods are there, and ready, as its Deployment desires, after they were seen not to be. */
  toConverge: OnWorkload<T, [options?: ToConvergeOptions]>
  /** Each pod is named after its ReplicaSet, that after the Deployment, and each is owned by the other. */
  toOwnItsPods: OnWorkload<T, [options?: ToOwnItsPodsOptions]>
  /** A CronJob makes a Job at each minute, as its concurrencyPolicy lets it. */
  toKeepItsSchedule: OnWorkload<T, [options: ToKeepItsScheduleOptions]>
  /** A Job completes, though one of its pods did not. */
  toComplete: OnWorkload<T, [options?: ToCompleteOptions]>
  /** A Job gives up, after a pod of it failed or went, and gives this reason. */
  toFailFor: OnWorkload<T, [reason: JobFailure, options?: Omit<ToFailForOptions, 'reason'>]>
  /** Every pod is a ready one of the new template, in its Service. */
  toRollOut: OnWorkload<T, [options?: ToRollOutOptions]>
  /** The Deployment tells that its roll-out makes no progress, and enough pods are ready until then. */
  toStallRollOut: OnWorkload<T, [options?: ToStallRollOutOptions]>
  /** In each pod that is started, its init containers end well, one after the other, before the app runs. */
  toStartInOrder: OnWorkload<T, [options?: ToStartInOrderOptions]>
  /** Never fewer pods than this are ready endpoints. */
  toKeepAvailable: OnWorkload<T, [options: ToKeepAvailableOptions]>
  /** No pod goes that its PodDisruptionBudget needs. */
  toRespectBudget: OnWorkload<T, [options?: ToRespectBudgetOptions]>
  /** No more requests than this stay without a good answer. */
  toLoseRequests: OnWorkload<T, [options: ToLoseRequestsOptions]>
  /** Requests are answered as fast as this. */
  toKeepLatency: OnWorkload<T, [options: ToKeepLatencyOptions]>
  /** Good answers never come further apart than this. */
  toHaveGapOf: OnWorkload<T, [options: ToHaveGapOfOptions]>
}

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends ClaimsOf<T> {}
}

type Make<S> = (subject: S, options: never, statement: string) => Promise<void>

const onPods: Record<string, Make<Pod>> = {
  ...{ toRestart, toExit, toLeaveEndpoints, toJoinEndpoints, toBeReplaced, toStayUp, toShutDownGracefully },
  ...{ toOutlive, toKeepItsAddress, toLog, toCrashLoop, toHaveEvents, toBecomeReady },
}
const onWorkloads: Record<string, Make<Workload>> = {
  ...{ toStayUp, toRecover, toKeepAvailable, toLoseRequests, toKeepLatency, toHaveGapOf },
  ...{ toRollOut, toStallRollOut, toRespectBudget, toKeepItsAddress, toOwnItsPods, toStartInOrder },
  ...{ toComplete, toFailFor, toKeepItsSchedule, toConverge },
}

/** The options of each claim: Vitest checks no types, and a misspelt option would weaken its claim. */
const optionsOf: Record<string, readonly string[]> = {
  toRestart: ['times', 'exitCode', 'reason', 'container', 'within'],
  toExit: ['code', 'container', 'within'],
  toLeaveEndpoints: ['within'],
  toJoinEndpoints: ['within', 'notBefore'],
  toBeReplaced: ['onAnotherNode', 'within', 'notBefore'],
  toOutlive: ['container', 'of', 'within'],
  toStayUp: ['for', 'except', 'container'],
  toKeepItsAddress: [],
  toRecover: ['within'],
  toConverge: ['within'],
  toOwnItsPods: [],
  toComplete: ['work', 'within'],
  toFailFor: ['work', 'within'],
  toKeepItsSchedule: ['for'],
  toRollOut: ['within'],
  toStallRollOut: ['within'],
  toStartInOrder: ['after'],
  toKeepAvailable: ['atLeast'],
  toRespectBudget: ['refusals'],
  toLoseRequests: ['atMost', 'of'],
  toShutDownGracefully: ['exitCode', 'container', 'within'],
  toKeepLatency: ['p50', 'p95', 'p99'],
  toHaveGapOf: ['atMost'],
  toHaveEvents: ['container', 'within'],
  toBecomeReady: ['within', 'notBefore'],
  toLog: ['container', 'previous', 'within'],
  toCrashLoop: ['times', 'container', 'within'],
}

/** What a claim takes before its options, which is one of them under this name. */
const leading: Record<string, string> = { toLog: 'text', toHaveEvents: 'reasons', toFailFor: 'reason' }

function refuseUnknown(name: string, options: object): void {
  const known = optionsOf[name] ?? []
  const unknown = Object.keys(options).find((option) => !known.includes(option))
  if (unknown === undefined) return
  const those = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none at all'
  throw new UsageError(`${name}: has no option ${JSON.stringify(unknown)}; ${those}`)
}

function matcher(name: string) {
  return async function (this: { isNot: boolean }, subject: unknown, ...given: unknown[]) {
    const first = leading[name]
    const options = (given[first === undefined ? 0 : 1] ?? {}) as object
    if (this.isNot) {
      throw new UsageError(
        `.not.${name}: a claim is not turned round, for what was not seen yet may still come; claim what must hold instead, as toStayUp`,
      )
    }
    const told = [
      ...(first === undefined ? [] : [given[0]]),
      ...(Object.keys(options).length > 0 ? [options] : []),
    ]
    const words = told.map((one) => inspect(one, { breakLength: Number.POSITIVE_INFINITY, depth: 2 }))
    const statement = `${name}(${words.join(', ')})`
    const make =
      subject instanceof Pod ? onPods[name] : subject instanceof Workload ? onWorkloads[name] : undefined
    if (!make) {
      const wanted = [name in onPods ? 'a pod' : '', name in onWorkloads ? 'a workload' : '']
        .filter(Boolean)
        .join(' or ')
      throw new UsageError(`${name}: is a claim about ${wanted}: give what deploy() or its pod() returned`)
    }
    refuseUnknown(name, options)
    const all = first === undefined ? options : { ...options, [first]: given[0] }
    await (make as Make<unknown>)(subject, all as never, statement)
    // A claim that does not hold is told at the end, so that the later ones are judged too.
    return { pass: true, message: () => statement }
  }
}

expect.extend(
  Object.fromEntries(
    [...new Set([...Object.keys(onPods), ...Object.keys(onWorkloads)])].map((name) => [name, matcher(name)]),
  ),
)

export { expect }
