import type { KubeObject, ListRef, WatchEnd, WatchEvent } from '../../kube.ts'
import type { KindName } from '../kinds.ts'
import type { Random } from '../random.ts'
import type { Change, Store } from '../store.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { selectorOf } from './selectors.ts'

export interface WatchOptions {
  clock: VirtualClock
  store: Store
  random: Random
  kind: KindName
  ref: ListRef
  /** What came after it is told; `0`, or nothing, tells of what is there first. */
  resourceVersion: string
  onEvent(event: WatchEvent): void
  signal: AbortSignal
}

/** A change comes to those who watch so many milliseconds later. */
const latencyMs = [1, 6] as const

/** One watch, until its signal. Never throws. */
export function watchObjects(options: WatchOptions): Promise<WatchEnd> {
  const { promise, resolve } = Promise.withResolvers<WatchEnd>()
  try {
    new ObjectWatch(options, resolve).start()
  } catch (error) {
    resolve({ why: 'failed', error })
  }
  return promise
}

class ObjectWatch {
  private readonly options: WatchOptions
  private readonly resolve: (end: WatchEnd) => void
  private readonly matches: (object: KubeObject) => boolean
  private readonly abort = () => this.end({ why: 'closed' })
  private unlisten = (): void => undefined
  private lastMs = 0
  private ended = false

  constructor(options: WatchOptions, resolve: (end: WatchEnd) => void) {
    this.options = options
    this.resolve = resolve
    this.matches = selectorOf(options.kind, options.ref)
  }

  start(): void {
    const { store, kind, resourceVersion, signal } = this.options
    if (signal.aborted) return this.end({ why: 'closed' })
    signal.addEventListener('abort', this.abort, { once: true })
    if (resourceVersion === '' || resourceVersion === '0') {
      for (const object of listOf(this.options, this.matches)) this.send({ type: 'ADDED', object })
    } else {
      const missed = store.since(kind, Number(resourceVersion))
      if (!missed) return this.end({ why: 'expired' })
      for (const change of missed) this.take(change)
    }
    this.unlisten = store.on(kind, (change) => this.take(change))
  }

  private take({ type, object, before }: Change): void {
    const is = type !== 'DELETED' && this.matches(object)
    const was = before !== undefined && this.matches(before)
    if (is) this.send({ type: was ? 'MODIFIED' : 'ADDED', object })
    else if (was && before) this.send({ type: 'DELETED', object: atVersionOf(before, object) })
  }

  private send(event: WatchEvent): void {
    const { clock, random } = this.options
    this.lastMs = Math.max(this.lastMs, clock.now() + random.between(...latencyMs))
    clock.at(this.lastMs, () => this.deliver(event))
  }

  private deliver(event: WatchEvent): void {
    if (this.ended) return
    const { clock, onEvent } = this.options
    clock.stir()
    try {
      onEvent(event)
    } catch (error) {
      this.end({ why: 'failed', error })
    }
  }

  private end(end: WatchEnd): void {
    if (this.ended) return
    this.ended = true
    this.unlisten()
    this.options.signal.removeEventListener('abort', this.abort)
    this.options.clock.stir()
    this.resolve(end)
  }
}

/** An object that is gone, or no longer selected, is told of as it last was, with the version of the change. */
function atVersionOf(before: KubeObject, object: KubeObject): KubeObject {
  return {
    ...before,
    metadata: { ...before.metadata, resourceVersion: object.metadata?.resourceVersion ?? '' },
  } as KubeObject
}

/** The objects that match, by their names, as etcd has them. */
export function listOf(
  { store, kind, ref }: Pick<WatchOptions, 'store' | 'kind' | 'ref'>,
  matches: (object: KubeObject) => boolean,
): KubeObject[] {
  const found: KubeObject[] = store.list(kind, ref.namespace).filter(matches)
  const keys = new Map(
    found.map((object) => [object, `${object.metadata?.namespace}/${object.metadata?.name}`]),
  )
  const keyOf = (object: KubeObject) => keys.get(object) ?? ''
  return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
