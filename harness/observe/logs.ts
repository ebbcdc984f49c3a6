import { readEpochAtZero } from '../cluster/clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isNoneBefore } from '../cluster/kube-error.ts'
import type { LogObservation, LogSource } from '../model/observation.ts'
import { type Incarnation, incarnationsOf } from '../timeline/incarnations.ts'
import { noEndMs } from '../timeline/recording.ts'
import type { Recorder } from './recorder.ts'

export interface LogsOptions {
  cluster: Pick<Cluster, 'kube' | 'clock'>
  recorder: Pick<Recorder, 'now' | 'record' | 'waitFor' | 'timeline'>
  namespace: string
  signal: AbortSignal
}

/** Reads the logs of the containers that claims are about, and of no others. */
export interface Logs {
  /** Writes down what every incarnation of this container writes, and has written if that can still be had. */
  follow(source: LogSource): void
  /** Resolves once every incarnation that has ended by now was read to its end, or cannot be. */
  settled(): Promise<void>
}

const askAgainMs = 300
const askAtMost = 10
const settlesWithinMs = 10_000
/** A stream ends with its container; where it ended so much earlier, it broke off. */
const streamEndsWithinMs = 5_000

/**
 * Follows logs by way of the API server. The kubelet keeps the log of the newest incarnation of a container and of the
 * one before it; what an older one wrote before anybody asked is lost, and a gap tells so.
 * https://kubernetes.io/docs/concepts/cluster-administration/logging/
 */
export function followLogs(options: LogsOptions): Logs {
  const { cluster, recorder, signal } = options
  const { clock } = cluster
  const epochAtZero = readEpochAtZero(clock, recorder)
  const readers = new Map<string, LogReading>()
  return {
    follow(source) {
      const key = `${source.podUid} ${source.container}`
      if (readers.has(key)) return
      const reading = new LogReading(options, source, epochAtZero)
      readers.set(key, reading)
      reading.followAll().catch(() => undefined)
    },
    async settled() {
      const lateMs = recorder.now() + settlesWithinMs
      const isOpen = () => [...readers.values()].some((reading) => reading.awaitsEnds())
      while (isOpen() && recorder.now() < lateMs && !signal.aborted) await clock.sleep(askAgainMs / 3)
    },
  }
}

/** What reading once has brought. */
type Came = 'all of it' | 'all unless followed' | 'a part' | 'of another'

/** The log of one container, incarnation after incarnation. */
class LogReading {
  private readonly options: LogsOptions
  private readonly source: LogSource
  private readonly begun = new Set<string>()
  private readonly done = new Set<string>()
  /** Those that were read to their end, if none has followed them. */
  private readonly doneUnlessFollowed = new Set<string>()
  private readonly epochAtZero: number

  constructor(options: LogsOptions, source: LogSource, epochAtZero: number) {
    this.options = options
    this.source = source
    this.epochAtZero = epochAtZero
  }

  /** Begins to read each incarnation when it is first seen. */
  async followAll(): Promise<void> {
    const { recorder, signal } = this.options
    const unread = () => this.incarnations().find(({ containerID }) => !this.begun.has(containerID))
    for (;;) {
      const next = await recorder.waitFor(unread, noEndMs, signal)
      if (!next) return
      this.begun.add(next.containerID)
      this.read(next).catch(() => undefined)
    }
  }

  /** Whether there is an end that was not read up to. */
  awaitsEnds(): boolean {
    const isRead = (id: string) =>
      this.done.has(id) || (this.doneUnlessFollowed.has(id) && this.followersOf(id) === 0)
    return this.incarnations().some(
      ({ containerID, endedMs }) => endedMs !== undefined && !isRead(containerID),
    )
  }

  /** How many incarnations have come after this one. */
  private followersOf(containerID: string): number {
    const all = this.incarnations().map((one) => one.containerID)
    return all.length - 1 - all.indexOf(containerID)
  }

  private incarnations(): Incarnation[] {
    const { podUid, container } = this.source
    return incarnationsOf(this.options.recorder.timeline, podUid, container)
  }

  /** Reads one to its end. Where that cannot be had, a gap stands in its place. */
  private async read({ containerID, seenMs }: Incarnation): Promise<void> {
    const { recorder, signal } = this.options
    const known = new Set<string>()
    let streamedMs: number | undefined
    let reason = ''
    for (let failures = 0; failures < askAtMost && !signal.aborted; ) {
      const hadEnded = this.endOf(containerID) !== undefined
      try {
        const came = await this.readOnce(containerID, known, hadEnded)
        // What was read once it had ended is all of it; a stream may have broken off before.
        if (came === 'all of it' && hadEnded) return void this.done.add(containerID)
        if (came === 'all unless followed') {
          this.doneUnlessFollowed.add(containerID)
          await recorder.waitFor(() => this.followersOf(containerID) || undefined, noEndMs, signal)
          continue
        }
        // A kubelet that has removed it since tells so, and takes nothing back of what was streamed.
        if (came === 'all of it') streamedMs = recorder.now()
        if (came === 'of another') reason = 'that of a later incarnation was given'
      } catch (error) {
        failures += 1
        reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
        // Its pod is gone since, and what it had written until its end was streamed.
        const endMs = this.endOf(containerID)
        const isWhole =
          endMs !== undefined && streamedMs !== undefined && streamedMs > endMs - streamEndsWithinMs
        if (isWhole) return void this.done.add(containerID)
        if (isNoneBefore(error)) {
          reason = 'its kubelet has removed it'
          break
        }
      }
      const ended = () => (hadEnded ? undefined : this.endOf(containerID))
      await recorder.waitFor(ended, recorder.now() + askAgainMs, signal)
    }
    if (signal.aborted) return
    this.done.add(containerID)
    if (this.isOlderThanFaults(containerID)) return
    const words = `the log of container ${containerID.replace(/^.*:\/\//, '').slice(0, 12)} could not be read to its end: ${reason}`
    recorder.record({ source: 'gap', atMs: recorder.now(), fromMs: seenMs, watch: 'log', reason: words })
  }

  private isOlderThanFaults(containerID: string): boolean {
    const [first] = this.options.recorder.timeline.of('fault')
    const { endedMs } = this.incarnationOf(containerID) ?? {}
    return first !== undefined && endedMs !== undefined && endedMs < first.fromMs
  }

  private async readOnce(containerID: string, known: Set<string>, hadEnded: boolean): Promise<Came> {
    const { kube } = this.options.cluster
    const { signal } = this.options
    const { namespace = this.options.namespace, name, container } = this.source
    const ref = { namespace, name, container }
    const followers = this.followersOf(containerID)
    if (followers > 1) throw new Error('the kubelet keeps none older than the one before the newest')
    const stopping = new AbortController()
    let came: Came = 'all of it'
    const onLine = (text: string) => {
      if (stopping.signal.aborted) return
      const taken = this.take(containerID, text, known)
      if (taken === 'of another') stopping.abort()
      if (taken !== 'a line') came = taken
    }
    if (followers === 0 && !hadEnded) {
      const until = AbortSignal.any([signal, stopping.signal])
      await kube.followLogs(ref, onLine, until, { timestamps: true })
      return came
    }
    const text = await kube.logs(ref, { previous: followers === 1, timestamps: true })
    const lines = text.split('\n').filter((line) => line !== '')
    for (const line of lines) onLine(line)
    if (came !== 'all of it') return came
    const own = { lines, finishedMs: this.finishedMsOf(this.incarnationOf(containerID)) }
    if (followers === 0 && !lines.some((line) => this.isBefore(line, own.finishedMs))) {
      return 'all unless followed'
    }
    this.takeBack(containerID, known, own)
    return came
  }

  /**
   * Whether a line was written before its container ended, for certain. A kubelet begins the next one before the pod's
   * status tells so, and gives the log of that one then, which may be empty, or of the same second.
   * kubernetes/pkg/kubelet/kubelet_pods.go: validateContainerLogStatus.
   */
  private isBefore(text: string, finishedMs: number | undefined): boolean {
    const line = readLogLine(text, this.epochAtZero)
    return line !== undefined && finishedMs !== undefined && line.atMs < finishedMs
  }

  /** Writes a line down unless it is known. One that was written after this incarnation had ended is another's. */
  private take(containerID: string, text: string, known: Set<string>): 'a line' | 'a part' | 'of another' {
    const line = readLogLine(text, this.epochAtZero)
    // The kubelet's own word, without a time, on why there is no more, as `too many open files`.
    if (!line) return 'a part'
    const endMs = this.endOf(containerID)
    if (endMs !== undefined && line.atMs > endMs) return 'of another'
    if (known.has(text)) return 'a line'
    known.add(text)
    this.record(containerID, line)
    return 'a line'
  }

  /** What was streamed of the next one, which had begun before any status told so, was not this one's. */
  private takeBack(
    containerID: string,
    known: Set<string>,
    own: { lines: readonly string[]; finishedMs: number | undefined },
  ): void {
    const { lines, finishedMs } = own
    const isOwn = new Set(lines)
    const lastMs = readLogLine(lines.at(-1) ?? '', this.epochAtZero)?.atMs ?? 0
    for (const text of known) {
      if (isOwn.has(text)) continue
      const line = readLogLine(text, this.epochAtZero)
      // A log that was rotated begins later than what was streamed of it.
      if (!line || line.atMs <= lastMs || this.isBefore(text, finishedMs)) continue
      known.delete(text)
      this.record(containerID, { ...line, takenBack: true })
    }
  }

  private record(containerID: string, line: Pick<LogObservation, 'atMs' | 'line' | 'takenBack'>): void {
    const { podUid, namespace = this.options.namespace, name, container } = this.source
    const subject = `Pod/${namespace}/${name}/${container}`
    this.options.recorder.record({ source: 'log', ...line, podUid, subject, container, containerID })
  }

  /** When it had ended for certain, as far as its status tells. */
  private endOf(containerID: string): number | undefined {
    const one = this.incarnationOf(containerID)
    if (one?.endedMs === undefined) return undefined
    const finishedMs = this.finishedMsOf(one)
    return finishedMs === undefined ? one.endedMs : finishedMs + 1_000
  }

  /** The whole second in which it ended, where its status tells. */
  private finishedMsOf(one: Incarnation | undefined): number | undefined {
    const { finishedAt } = one?.ended?.detail ?? {}
    return finishedAt ? Date.parse(finishedAt) - this.epochAtZero : undefined
  }

  private incarnationOf(containerID: string): Incarnation | undefined {
    return this.incarnations().find((one) => one.containerID === containerID)
  }
}

/**
 * A line of a log with its timestamp, as the API server tells it with `timestamps=true`:
 *
 *     2026-11-21T12:35:05.546749457Z webapl web-1 listens on port 8080
 */
export function readLogLine(text: string, epochAtZero: number): { atMs: number; line: string } | undefined {
  const [, time = '', line = ''] = /^(\d{4}-\d\d-\d\dT\S+) ?(.*)$/s.exec(text) ?? []
  const epochMs = Date.parse(time)
  return Number.isNaN(epochMs) ? undefined : { atMs: epochMs - epochAtZero, line }
}
