import { type Duration, formatMs, toMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { percentile } from '../timeline/percentile.ts'
import type { Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import type { Judge } from './judgement.ts'
import { excused, tooSlowToJudge } from './too-slow.ts'
import { askedSince, trafficOf } from './traffic.ts'

export interface ToKeepLatencyOptions {
  /** Half of the requests take no longer. */
  p50?: Duration
  p95?: Duration
  p99?: Duration
}

/** With fewer requests, the 99th percentile is but the slowest of them. */
const enough = 100

/** From the fault on, requests are answered as fast as this. A lost one counts as the slowest of all. */
export function toKeepLatency(
  workload: Workload,
  options: ToKeepLatencyOptions,
  statement: string,
): Promise<void> {
  const limits = (['p50', 'p95', 'p99'] as const).flatMap((name) => {
    const limit = options[name]
    return limit === undefined ? [] : [{ name, share: Number(name.slice(1)) / 100, limitMs: toMs(limit) }]
  })
  if (limits.length === 0) {
    throw new UsageError("toKeepLatency: no limit was given; say one such as { p99: '200ms' }")
  }
  const { services, settled } = trafficOf(workload, 'toKeepLatency')
  const told = limits.map(({ name, limitMs }) => `${name} ${formatMs(limitMs)}`).join(', ')
  return hold({
    stage: workload.stage,
    workload,
    statement,
    subject: workload.subject,
    promise: `requests to take no longer than ${told}`,
    judge: judgeLatency(services, limits),
    judgedAtEnd: true,
    rests: ['traffic'],
    settled,
  })
}

export function judgeLatency(
  services: string[],
  limits: { name: string; share: number; limitMs: number }[],
): Judge {
  return (timeline, sinceMs) => {
    const asked = askedSince(timeline.traffic, services, sinceMs)
    if (asked.length < enough) {
      const detail = `only ${asked.length} requests were sent since the fault, and ${enough} are needed to judge`
      return { is: 'unjudgeable', detail }
    }
    const taken = asked
      .map(({ lost, sentMs, endMs }) => (lost === undefined ? endMs - sentMs : Number.POSITIVE_INFINITY))
      .sort((a, b) => a - b)
    const seen = limits.map((limit) => ({ ...limit, ms: percentile(taken, limit.share) }))
    const slow = seen.find(({ ms, limitMs }) => ms > limitMs)
    const told = seen.map(
      ({ name, ms }) => `${name} ${Number.isFinite(ms) ? `took ${formatMs(ms)}` : 'was lost'}`,
    )
    const detail = `of ${asked.length} requests ${told.join(', ')}`
    const slowOne =
      slow && asked.find(({ sentMs, endMs, lost }) => lost !== undefined || endMs - sentMs > slow.limitMs)
    if (slowOne) {
      const untilMs = asked.at(-1)?.endMs ?? slowOne.endMs
      const excuse = tooSlowToJudge(timeline, sinceMs, untilMs, slow.ms / slow.limitMs)
      if (excuse) return excused(detail, excuse)
      return { is: 'broken', atMs: slowOne.endMs, detail: `${detail}, the first over its limit` }
    }
    return { is: 'open', lastSeen: detail }
  }
}
