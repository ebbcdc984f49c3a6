import { slowdownOfNodes } from '../timeline/noise.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Judgement } from './judgement.ts'

/** A machine that is so much slower than a calm one is beyond judging, whatever the answers took. */
const tooSlowFactor = 5
/** And so much slower, a pod may get no CPU for the whole of a time-out of some seconds: seen at 1.6 on two cores. */
export const timesOutFactor = 1.5

/**
 * Whether the machine was so slow in a stretch of time that what took so many times longer than was promised is nobody's
 * broken promise: then why, as the rest of a sentence.
 */
export function tooSlowToJudge(
  timeline: Timeline,
  fromMs: number,
  toMs: number,
  timesLonger: number,
): string | undefined {
  const { factor, stalledMs, because } = slowdownOfNodes(timeline, fromMs, toMs)
  if (factor < Math.min(timesLonger, tooSlowFactor) && stalledMs === 0) return undefined
  return `this machine was too slow to judge: ${because}`
}

/** What was seen is no broken promise, for `excuse` says why it may be the machine's doing. */
export function excused(seen: string, excuse: string): Judgement {
  return { is: 'unjudgeable', detail: `${seen}, but ${excuse}`, tooSlow: true }
}
