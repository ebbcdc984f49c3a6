import { counted } from '../model/counted.ts'
import { type Duration, formatMs, toMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import type { Judge } from './judgement.ts'

export interface ToKeepItsScheduleOptions {
  /** How long it is watched. */
  for: Duration
}

type Policy = 'Allow' | 'Forbid' | 'Replace'

const minuteMs = 60_000
/** From the full minute to the Job; the server's times are whole seconds. */
const madeWithinMs = 10_000

/**
 * A CronJob makes a Job at each minute. With `Forbid` it leaves one out only while another is at work, and never has two
 * at once; with `Replace` it deletes the one that is at work.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
 */
export function toKeepItsSchedule(
  workload: Workload,
  options: ToKeepItsScheduleOptions,
  statement: string,
): Promise<void> {
  const { stage, subject, cronJob } = workload
  const { schedule, concurrencyPolicy = 'Allow' } = cronJob?.spec ?? {}
  if (!cronJob || schedule !== '* * * * *') {
    const told = 'is a claim about a workload of one CronJob whose schedule is `* * * * *`, which this is not'
    throw new UsageError(`${subject}: toKeepItsSchedule ${told}`)
  }
  const untilMs = stage.recording.now() + toMs(options.for)
  return hold({
    ...{ stage, workload, statement, subject },
    promise: 'a Job to be made at each minute',
    judge: judgeSchedule(cronJob.metadata?.uid ?? '', concurrencyPolicy as Policy),
    rests: ['Job'],
    holdUntilMs: () => untilMs,
  })
}

/** A Job of a CronJob; `fromMs`, `endedMs` and `goneMs` from the scenario's zero, the others since the epoch. */
interface Run {
  name: string
  fromMs: number
  endedMs: number
  scheduledMs: number
  createdMs: number
}

export function judgeSchedule(uid: string, policy: Policy): Judge {
  return (timeline, sinceMs) => {
    const runs = runsOf(timeline, uid).filter(({ fromMs }) => fromMs >= sinceMs)
    const watchedMs = timeline.lastMs - sinceMs
    const [first] = runs
    if (!first) {
      if (watchedMs < minuteMs + madeWithinMs) return { is: 'open', lastSeen: 'no minute was full yet' }
      return { is: 'broken', atMs: timeline.lastMs, detail: `it had made no Job in ${formatMs(watchedMs)}` }
    }
    const late = runs.find(({ scheduledMs, createdMs }) => createdMs - scheduledMs > madeWithinMs)
    if (late) {
      const detail = `it made ${late.name} ${formatMs(late.createdMs - late.scheduledMs)} after its time`
      return { is: 'broken', atMs: late.fromMs, detail }
    }
    // Between the clocks, to a second.
    const zeroMs = first.createdMs - first.fromMs
    const byTime = new Map(runs.map((run) => [run.scheduledMs, run]))
    let leftOut = 0
    for (let due = first.scheduledMs; due - zeroMs <= timeline.lastMs - madeWithinMs; due += minuteMs) {
      const atWork = runs.find((run) => run.scheduledMs < due && run.endedMs > due - zeroMs)
      const run = byTime.get(due)
      if (run && atWork && policy !== 'Allow' && atWork.endedMs > run.fromMs + madeWithinMs) {
        const detail = `${atWork.name} was still at work beside ${run.name}`
        return { is: 'broken', atMs: run.fromMs, detail }
      }
      if (run) continue
      if (policy !== 'Forbid' || !atWork) {
        const detail = `it had made no Job for the minute at ${new Date(due).toISOString().slice(11, 16)}`
        return { is: 'broken', atMs: due - zeroMs, detail }
      }
      leftOut += 1
    }
    const made = `it made ${counted(runs.length, 'Job')}, each at its minute`
    return {
      is: 'open',
      lastSeen: leftOut > 0 ? `${made}, and left out ${leftOut} while one was at work` : made,
    }
  }
}

function runsOf(timeline: Timeline, uid: string): Run[] {
  return timeline
    .of('job-scheduled')
    .filter(({ detail }) => detail.cronJob === uid)
    .map(({ uid: jobUid, subject, fromMs, toMs: goneMs, detail }) => ({
      name: subject.slice(subject.lastIndexOf('/') + 1),
      fromMs,
      endedMs: Math.min(timeline.of('job-ended', jobUid)[0]?.fromMs ?? Infinity, goneMs ?? Infinity),
      scheduledMs: Date.parse(detail.scheduledAt),
      createdMs: Date.parse(detail.createdAt),
    }))
    .sort((a, b) => a.scheduledMs - b.scheduledMs)
}
