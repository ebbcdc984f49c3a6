import type { Cluster } from '../cluster/cluster.ts'
import type { LogSource } from '../model/observation.ts'
import { type Incarnation, incarnationsOf } from '../timeline/incarnations.ts'
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
/** Longer than any scenario, and no longer than a timer of Node's may wait: 24 days. */
const untilMs = 20 * 24 * 3_600_000

/**
 * Follows logs by way of the API server. The kubelet keeps the log of the newest incarnation of a container and of the
 * one before it; what an older one wrote before anybody asked is lost, and a gap tells so.
 * https://kubernetes.io/docs/concepts/cluster-administration/logging/
 */
export function followLogs(options: LogsOptions): Logs {
  const { cluster, recorder, signal } = options
  const { clock } = cluster
  const epochAtZero = clock.epoch() - recorder.now()
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

/** The log of one container, incarnation after incarnation. */
class LogReading {
  private readonly options: LogsOptions
  private readonly source: LogSource
  private readonly begun = new Set<string>()
  private readonly done = new Set<string>()
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
      const next = await recorder.waitFor(unread, untilMs, signal)
      if (!next) return
      this.begun.add(next.containerID)
      this.read(next).catch(() => undefined)
    }
  }

  /** Whether there is an end that was not read up to. */
  awaitsEnds(): boolean {
    return this.incarnations().some(
      ({ containerID, endedMs }) => endedMs !== undefined && !this.done.has(containerID),
    )
  }

  private incarnations(): Incarnation[] {
    const { podUid, container } = this.source
    return incarnationsOf(this.options.recorder.timeline, podUid, container)
  }

  /** Reads one to its end. Where that cannot be had, a gap stands in its place. */
  private async read({ containerID, seenMs }: Incarnation): Promise<void> {
    const { recorder, cluster, signal } = this.options
    const known = new Set<string>()
    let reason = ''
    for (let tries = 0; tries < askAtMost && !signal.aborted; tries++) {
      const before = known.size
      try {
        const isWhole = await this.readOnce(containerID, known)
        if (isWhole && this.endOf(containerID) !== undefined) {
          this.done.add(containerID)
          return
        }
        reason = isWhole ? 'it broke off' : 'that of a later incarnation was given'
        // A stream that brings more, or of a container that runs on, has not failed.
        if (known.size > before) tries = 0
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
      }
      await cluster.clock.sleep(askAgainMs, signal)
    }
    if (signal.aborted) return
    this.done.add(containerID)
    if (this.isOlderThanFaults(containerID)) return
    const words = `the log of container ${containerID.replace(/^.*:\/\//, '').slice(0, 12)} could not be read to its end: ${reason}`
    recorder.record({ source: 'gap', atMs: recorder.now(), fromMs: seenMs, watch: 'log', reason: words })
  }

  private isOlderThanFaults(containerID: string): boolean {
    const [first] = this.options.recorder.timeline.of('fault')
    const { endedMs } = this.incarnations().find((one) => one.containerID === containerID) ?? {}
    return first !== undefined && endedMs !== undefined && endedMs < first.fromMs
  }

  /** False where lines of another incarnation came: the one that was meant is the one before by now. */
  private async readOnce(containerID: string, known: Set<string>): Promise<boolean> {
    const { kube } = this.options.cluster
    const { namespace, signal } = this.options
    const { name, container } = this.source
    const ref = { namespace, name, container }
    const after = this.incarnations().map((one) => one.containerID)
    const place = after.length - 1 - after.indexOf(containerID)
    if (place > 1) throw new Error('the kubelet keeps none older than the one before the newest')
    const stopping = new AbortController()
    const onLine = (text: string) => {
      if (!stopping.signal.aborted && !this.take(containerID, text, known)) stopping.abort()
    }
    const until = AbortSignal.any([signal, stopping.signal])
    if (place === 0) await kube.followLogs(ref, onLine, until, { timestamps: true })
    else {
      const text = await kube.logs(ref, { previous: true, timestamps: true })
      for (const line of text.split('\n')) onLine(line)
    }
    return !stopping.signal.aborted
  }

  /** Writes a line down unless it is known. False where it was written after this incarnation had ended. */
  private take(containerID: string, text: string, known: Set<string>): boolean {
    const line = readLogLine(text, this.epochAtZero)
    if (!line) return true
    const endMs = this.endOf(containerID)
    if (endMs !== undefined && line.atMs > endMs) return false
    if (known.has(text)) return true
    known.add(text)
    const { podUid, name, container } = this.source
    const subject = `Pod/${this.options.namespace}/${name}/${container}`
    this.options.recorder.record({ source: 'log', ...line, podUid, subject, container, containerID })
    return true
  }

  /** When it had ended for certain, as far as its status tells: that time is a whole second. */
  private endOf(containerID: string): number | undefined {
    const one = this.incarnations().find((known) => known.containerID === containerID)
    if (one?.endedMs === undefined) return undefined
    const { finishedAt } = one.ended?.detail ?? {}
    return finishedAt ? Date.parse(finishedAt) - this.epochAtZero + 1_000 : one.endedMs
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
