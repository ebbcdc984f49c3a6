import { UsageError } from '../model/errors.ts'
import type { ProbeFailure } from '../model/fault.ts'
import type { Probe } from './probe.ts'

/** How a probe may be made to fail, as a scenario says it. */
export type FailureAnswer =
  | { status: number }
  | 'reset'
  | 'silence'
  | { delayMs: number }
  | { exitCode: number }

/**
 * How a probe fails: as it is said, or as is usual for its kind.
 *
 * @throws UsageError where a probe of this kind cannot fail so, or would not fail at all.
 */
export function failureOf(probe: Probe, answer: FailureAnswer | undefined): ProbeFailure {
  if (probe.by === 'exec') return exitOf(probe, answer)
  if (probe.by !== 'http') {
    if (answer === undefined || answer === 'reset') return { with: 'reset' }
    return answer === 'silence' ? { with: 'silence' } : refuse(probe, answer, "'reset' or 'silence'")
  }
  if (answer === 'reset' || answer === 'silence') return { with: answer }
  if (answer !== undefined && 'delayMs' in answer) return { with: 'delay', delayMs: answer.delayMs }
  if (answer !== undefined && 'exitCode' in answer)
    return refuse(probe, answer, "a status, 'reset', 'silence' or a delay")
  const status = answer?.status ?? 500
  // https://kubernetes.io/docs/concepts/workloads/pods/probes/: 200 to 399 is success
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new UsageError(`failProbe: status ${status} fails no probe; one from 400 to 599 is expected`)
  }
  return { with: 'status', status }
}

function exitOf(probe: Probe, answer: FailureAnswer | undefined): ProbeFailure {
  if (answer === 'silence') return { with: 'silence' }
  if (answer !== undefined && (typeof answer !== 'object' || !('exitCode' in answer)))
    return refuse(probe, answer, "an exit code or 'silence'")
  const exitCode = answer?.exitCode ?? 1
  if (!Number.isInteger(exitCode) || exitCode < 1 || exitCode > 255) {
    throw new UsageError(`failProbe: exit code ${exitCode} fails no probe; one from 1 to 255 is expected`)
  }
  return { with: 'exit', exitCode }
}

function refuse({ by }: Probe, answer: FailureAnswer, instead: string): never {
  const said = JSON.stringify(answer)
  throw new UsageError(`failProbe: a probe by ${by} cannot fail with ${said}; ${instead} is expected`)
}

/** As the timeline has it: `status 500`, `reset`, `silence`, `delay 3000 ms`, `exit code 1`. */
export function describeFailure(failure: ProbeFailure): string {
  if (failure.with === 'status') return `status ${failure.status}`
  if (failure.with === 'exit') return `exit code ${failure.exitCode}`
  return failure.with === 'delay' ? `delay ${failure.delayMs} ms` : failure.with
}
