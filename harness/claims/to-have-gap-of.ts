import { type Duration, formatMs, toMs } from '../model/duration.ts'
import type { Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import { at, type Judge } from './judgement.ts'
import { excused, tooSlowToJudge } from './too-slow.ts'
import { trafficOf } from './traffic.ts'

export interface ToHaveGapOfOptions {
  /** The longest stretch without a good answer. */
  atMost: Duration
}

/** From the fault on, each Service of the workload gives good answers, never longer apart than this. */
export function toHaveGapOf(
  workload: Workload,
  options: ToHaveGapOfOptions,
  statement: string,
): Promise<void> {
  const limitMs = toMs(options.atMost)
  const { services, settled } = trafficOf(workload, 'toHaveGapOf')
  return hold({
    stage: workload.stage,
    workload,
    statement,
    subject: workload.subject,
    promise: `good answers never more than ${formatMs(limitMs)} apart`,
    judge: judgeGaps(services, limitMs),
    rests: ['traffic'],
    settled,
  })
}

export function judgeGaps(services: string[], limitMs: number): Judge {
  return (timeline, sinceMs) => {
    const { asked } = timeline.traffic
    let longestMs = 0
    for (const service of services) {
      const ofService = asked.filter((request) => !request.direct && request.service === service)
      const [first] = ofService
      if (!first) return { is: 'unjudgeable', detail: 'not one request was recorded' }
      const begunMs = Math.max(sinceMs, first.sentMs)
      const answers = ofService.filter(({ lost }) => lost === undefined).map(({ endMs }) => endMs)
      answers.sort((a, b) => a - b)
      // What was never answered again is a gap that goes on to the last request that was told of.
      const lastMs = ofService.at(-1)?.endMs ?? begunMs
      for (const [i, endMs] of [...answers, lastMs].entries()) {
        const fromMs = Math.max(begunMs, answers[i - 1] ?? begunMs)
        if (endMs - fromMs > limitMs) {
          const gap = `Service ${service} gave no good answer for ${formatMs(endMs - fromMs)} from ${at(fromMs)} on`
          const excuse = tooSlowToJudge(timeline, fromMs, endMs, (endMs - fromMs) / limitMs)
          if (excuse) return excused(gap, excuse)
          return { is: 'broken', atMs: endMs, detail: `${gap}, seen` }
        }
        longestMs = Math.max(longestMs, endMs - fromMs)
      }
    }
    return { is: 'open', lastSeen: `never more than ${formatMs(longestMs)} without a good answer` }
  }
}
