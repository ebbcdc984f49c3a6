import { createWriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Clock } from '../cluster/clock.ts'
import type { Kube, ListRef } from '../cluster/kube.ts'
import { makeFolder } from '../cluster/make-folder.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { Observation, WatchedKind } from '../model/observation.ts'
import { redactor } from '../model/redact.ts'
import type { Recording } from '../timeline/recording.ts'
import { reduce } from '../timeline/reduce.ts'
import { Timeline } from '../timeline/timeline.ts'
import { type KindWatch, watchKind } from './watcher.ts'

const namespaced: [WatchedKind, string][] = [
  ['Pod', 'v1'],
  ['EndpointSlice', 'discovery.k8s.io/v1'],
  ['Event', 'v1'],
  ['Deployment', 'apps/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['PodDisruptionBudget', 'policy/v1'],
  ['Service', 'v1'],
  ['Job', 'batch/v1'],
]

export interface RecorderOptions {
  kube: Kube
  clock: Clock
  namespace: string
  /** The JSONL file that observations are written to as they arrive. */
  path: string
}

/**
 * Writes down what is seen in one namespace, and on the nodes, and keeps the timeline that it comes to. Its disposal throws
 * EnvironmentError where something could not be written.
 */
export type Recorder = Recording & AsyncDisposable

/** A recorder that may be told of further namespaces. */
export interface ScenarioRecorder extends Recorder {
  /** Watches another namespace too, which the scenario calls `alias`: resolves once each watch has its list. */
  watchNamespace(namespace: string, alias: string): Promise<void>
}

/** Opens a recorder: resolves once each of its watches has a list to go on from. */
export async function openRecorder(options: RecorderOptions): Promise<ScenarioRecorder> {
  const { kube, clock, namespace, path } = options
  await clock.outside(() => makeFolder(dirname(path)))
  const recorder = new JsonlRecorder(clock, path)
  try {
    await Promise.all([
      recorder.watch(kube, 'Node', { apiVersion: 'v1', kind: 'Node' }),
      recorder.watchAll(kube, namespace),
    ])
  } catch (error) {
    await recorder[Symbol.asyncDispose]()
    throw error
  }
  return Object.assign(recorder, {
    watchNamespace: (other: string, alias: string) => recorder.watchAll(kube, other, alias),
  })
}

/** So often at most those who wait look because of what changes little. */
const minorEveryMs = 500

/** An answered request and its route: there are many of them, and a claim waits at most for their end. */
function isMinor(observation: Observation): boolean {
  return (
    observation.source === 'route' || (observation.source === 'traffic' && observation.lost === undefined)
  )
}

/** An API server that was away has watch caches to fill before it lets anybody watch. */
const catchesUpWithinMs = 60_000

class JsonlRecorder implements Recorder {
  readonly timeline = new Timeline()
  readonly zeroMs: number
  private readonly clock: Clock
  private readonly stopping = new AbortController()
  private readonly file
  private readonly waiters = new Set<() => void>()
  private readonly watches: KindWatch[] = []
  private failure: Error | undefined
  private lookedMs = 0

  constructor(clock: Clock, path: string) {
    this.clock = clock
    this.zeroMs = clock.now()
    this.file = createWriteStream(path)
    this.file.on('error', (cause) => {
      this.failure ??= new EnvironmentError(`${path}: the recording could not be written: ${cause.message}`, {
        remedy: 'Make room on its disk, or put the report on another: --report DIR.',
        cause,
      })
    })
  }

  get signal(): AbortSignal {
    return this.stopping.signal
  }

  async watchAll(kube: Kube, namespace: string, alias?: string): Promise<void> {
    await Promise.all(
      namespaced.map(([kind, apiVersion]) => this.watch(kube, kind, { apiVersion, kind, namespace }, alias)),
    )
  }

  async watch(kube: Kube, kind: WatchedKind, ref: ListRef, alias?: string): Promise<void> {
    const record = (seen: Observation) =>
      this.record(alias !== undefined && seen.source === 'watch' ? { ...seen, alias } : seen)
    this.watches.push(await watchKind(kube, this.clock, kind, ref, record, this.zeroMs, this.signal))
  }

  now(): number {
    return this.clock.now() - this.zeroMs
  }

  record(observation: Observation): void {
    if (this.stopping.signal.aborted) return
    this.file.write(`${redactor.json(observation)}\n`)
    reduce(this.timeline, observation)
    const nowMs = this.now()
    if (isMinor(observation) && nowMs < this.lookedMs + minorEveryMs) return
    this.lookedMs = nowMs
    for (const look of [...this.waiters]) look()
  }

  async waitFor<T>(look: () => T | undefined, untilMs: number, signal?: AbortSignal): Promise<T | undefined> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>()
    const timing = new AbortController()
    const check = () => {
      try {
        if (this.failure) throw this.failure
        const found = look()
        if (found !== undefined) resolve(found)
      } catch (error) {
        reject(error)
      }
    }
    const abort = () => reject(signal?.reason)
    this.waiters.add(check)
    signal?.addEventListener('abort', abort, { once: true })
    this.clock
      .sleep(Math.max(0, untilMs - this.now()), timing.signal)
      .then(() => resolve(undefined))
      .catch(() => undefined)
    check()
    try {
      return await promise
    } finally {
      this.waiters.delete(check)
      timing.abort()
      signal?.removeEventListener('abort', abort)
    }
  }

  async caughtUp(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.caughtUp(catchesUpWithinMs)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.stopping.signal.aborted) return
    this.stopping.abort()
    this.file.end()
    await this.clock.outside(() => finished(this.file)).catch(() => undefined)
    // Nobody may have waited since, and what was judged is not all on record.
    if (this.failure) throw this.failure
  }
}
