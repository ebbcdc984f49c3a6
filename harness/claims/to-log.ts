import type { Duration } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import type { LogObservation } from '../model/observation.ts'
import { predict } from '../predict/predict.ts'
import { type Incarnation, incarnationsOf } from '../timeline/incarnations.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'

/** A part of a line, or an expression that finds one. */
export type LogText = string | RegExp

export interface ToLogOptions {
  /** Which container; needed where the pod has several. */
  container?: string
  /** In the log of an incarnation that has ended since the fault, whenever it wrote it; as `kubectl logs --previous`. */
  previous?: boolean
  within?: Duration
}

/**
 * A container writes a line that holds this text, after the fault. The log is read from its first line on, that of each
 * incarnation that comes after too.
 */
export function toLog(pod: Pod, options: ToLogOptions & { text: LogText }, statement: string): Promise<void> {
  const { text, previous = false, within } = options
  if (!(text instanceof RegExp) && (typeof text !== 'string' || text === '')) {
    throw new UsageError(`toLog: ${JSON.stringify(text)} is nothing to look for; give a text or a RegExp`)
  }
  const { stage } = pod
  const container = pod.container(options.container)
  stage.followLog({ podUid: pod.uid, namespace: pod.namespace, name: pod.name, container })
  return respond({
    ...{ stage, statement, within, podUid: pod.uid },
    subject: `${pod.subject}/${container}`,
    promise: `to write ${told(text)}${previous ? ' before it ended' : ''}`,
    judge: judgeLogged(pod.uid, container, text, previous),
    mustHoldAtEnd: previous,
    rests: previous ? ['log', 'Pod'] : ['log'],
    predict: (fault) => predict.logs(situationOf(stage, podSpecOf(pod), fault, container), previous),
  })
}

export function judgeLogged(uid: string, container: string, text: LogText, previous: boolean): Judge {
  const isWanted = ({ line }: LogObservation) =>
    typeof text === 'string' ? line.includes(text) : line.search(text) >= 0
  return (timeline, sinceMs) => {
    const lines = timeline.logOf(uid, container)
    if (previous) return ofTheEnded(timeline, uid, container, sinceMs, isWanted)
    const since = lines.filter(({ atMs }) => atMs >= sinceMs)
    const found = since.find(isWanted)
    if (found) return { is: 'held', atMs: found.atMs, detail: `wrote ${quoted(found.line)}` }
    const last = since.at(-1)
    if (!last) return { is: 'open', lastSeen: 'it had written nothing since the fault' }
    const many = since.length === 1 ? 'a line' : `${since.length} lines`
    return {
      is: 'open',
      lastSeen: `it had written ${many} since the fault, the last one ${quoted(last.line)} at ${at(last.atMs)}`,
    }
  }
}

function ofTheEnded(
  timeline: Timeline,
  uid: string,
  container: string,
  sinceMs: number,
  isWanted: (line: LogObservation) => boolean,
): ReturnType<Judge> {
  const ended = incarnationsOf(timeline, uid, container).flatMap(({ containerID, endedMs }: Incarnation) =>
    endedMs !== undefined && endedMs >= sinceMs ? [{ containerID, endedMs }] : [],
  )
  if (ended.length === 0) return { is: 'open', lastSeen: 'no incarnation of it had ended since the fault' }
  const lines = timeline.logOf(uid, container)
  for (const { containerID, endedMs } of ended) {
    const found = lines.find((line) => line.containerID === containerID && isWanted(line))
    if (!found) continue
    const atMs = Math.max(endedMs, found.atMs)
    return { is: 'held', atMs, detail: `wrote ${quoted(found.line)} at ${at(found.atMs)} and ended` }
  }
  const last = ended.at(-1)
  const line = lines.findLast(({ containerID }) => containerID === last?.containerID)
  const words = line ? `its last line was ${quoted(line.line)}` : 'it had written nothing'
  return { is: 'open', lastSeen: `it had ended at ${at(last?.endedMs ?? 0)}, and ${words}` }
}

const shownAtMost = 120

function quoted(line: string): string {
  return `“${line.length > shownAtMost ? `${line.slice(0, shownAtMost)}…` : line}”`
}

function told(text: LogText): string {
  return typeof text === 'string' ? quoted(text) : `a line that ${text} finds`
}
