import type { FaultEffect, ProbeFailure } from '../model/fault.ts'
import type { Term } from '../model/result.ts'
import { failuresToThreshold } from './probes.ts'
import { type ContainerTiming, graceMs, type PodTiming, type ProbeTiming, resolveProbe } from './spec.ts'
import { atOnceAtBest, minimumGraceMs, period, sum } from './terms.ts'

type Freeze = Extract<FaultEffect, { does: 'freeze' }>

/** How a probe of something that is frozen fails. */
const silence: ProbeFailure = { with: 'silence' }

const probes = 'https://kubernetes.io/docs/concepts/workloads/pods/probes/'

/** From the freezing to the probe's verdict. A container that is younger than its initial delay is asked later. */
export function hangs({ ranForMs }: Freeze, probe: ProbeTiming): Term[] {
  const { delayMs, periodMs } = resolveProbe(probe)
  const ms = Math.max(0, delayMs - ranForMs) + periodMs
  return [period('the next probe', [0, ms], probes), ...failuresToThreshold(probe, silence)]
}

/**
 * From the freezing to SIGKILL; undefined where no liveness probe leads to it. Of a stopped process, SIGTERM waits until it
 * goes on (https://man7.org/linux/man-pages/man7/signal.7.html), so the whole grace period passes.
 */
export function toItsKill(
  effect: Freeze,
  pod: PodTiming,
  { livenessProbe }: Partial<ContainerTiming> = {},
): Term[] | undefined {
  if (!livenessProbe) return undefined
  const ms = graceMs(pod, livenessProbe)
  const spent = period(
    'the whole grace period, for what is frozen does not hear SIGTERM',
    [ms, ms + minimumGraceMs],
    'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  )
  return [...hangs(effect, livenessProbe), spent]
}

/**
 * From the freezing to what takes the pod out of its endpoints: its readiness, or its end by its liveness, whichever is
 * sooner of those that are sure to see it. Where none is, it is the promise that may be broken, and not the claim.
 */
export function leavesFrozen(
  effect: Freeze,
  { readinessProbe, livenessProbe }: Partial<ContainerTiming> = {},
  untilDown: Term[] | undefined,
): Term[] | undefined {
  const ways = [
    ...(readinessProbe ? [{ by: readinessProbe, terms: hangs(effect, readinessProbe) }] : []),
    ...(livenessProbe && untilDown ? [{ by: livenessProbe, terms: untilDown }] : []),
  ]
  const sure = ways.filter(({ by }) => seesHang(by))
  const [first, ...others] = (sure.length > 0 ? sure : ways).map(({ terms }) => terms)
  if (!first || others.length === 0) return first
  return atOnceAtBest(others.reduce((soonest, terms) => soonerOf(soonest, terms), first))
}

function soonerOf(one: Term[], other: Term[]): Term[] {
  return sum(one).latestMs <= sum(other).latestMs ? one : other
}

/** Why nothing comes of a probe while the app is frozen; undefined where something may. */
export function whyUnseen(probe: ProbeTiming | undefined, kind: string): string | undefined {
  if (!probe) return `it has no ${kind} probe`
  return (
    probe.tcpSocket && `its ${kind} probe is over tcp, and the kernel takes connections for an app that hangs`
  )
}

/**
 * Whether a probe is sure to fail while the app is frozen. The kernel takes a connection for a process that listens,
 * whether that runs or not (https://man7.org/linux/man-pages/man2/listen.2.html); a command of its own may ask the app,
 * or not.
 */
export function seesHang({ tcpSocket, exec }: ProbeTiming): boolean {
  return !tcpSocket && !exec
}
