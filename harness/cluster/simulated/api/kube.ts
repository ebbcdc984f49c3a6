import type {
  EvictionAnswer,
  ExecResult,
  Kube,
  KubeObject,
  ListRef,
  ObjectList,
  ObjectRef,
  PodRef,
  WatchEnd,
  WatchEvent,
} from '../../kube.ts'
import { type Kind, type KindName, kindOf, kinds } from '../kinds.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'
import { type EvictOptions, evictPod } from './eviction.ts'
import { asJson } from './merge.ts'
import { rawOf } from './raw.ts'
import { unknownKind } from './refusals.ts'
import { selectorOf } from './selectors.ts'
import { execIn, followLog, type LogOptions, logsOf } from './streams.ts'
import { listOf, watchObjects } from './watch.ts'
import { type DeleteOptions, Writes } from './writes.ts'

export interface SimulatedKubeOptions {
  /** Of Kubernetes, as `v1.34.4`. */
  version: string
}

/** The server acts so many milliseconds after it is asked. */
const latencyMs = [2, 8] as const

/** From a pod's mark to its end, without a grace period: on kind its endpoint was seen to terminate 28 times of 30. */
const endsMs = [15, 45] as const

/** The API of a simulated cluster. One for each world: it knows what was applied by it before. */
export function simulatedKube(world: World, options: SimulatedKubeOptions): Kube {
  return new SimulatedKube(world, options.version)
}

class SimulatedKube implements Kube {
  private readonly world: World
  private readonly version: string
  private readonly writes: Writes
  private readonly requests: Random
  private readonly events: Random

  constructor(world: World, version: string) {
    this.world = world
    this.version = version
    this.writes = new Writes(world)
    this.requests = world.random.fork('requests')
    this.events = world.random.fork('watches')
  }

  async apply<T extends KubeObject>(object: T, options: { dryRun?: boolean } = {}): Promise<T> {
    const given = asJson(object)
    return this.asked(() => this.writes.apply(given, options.dryRun === true) as T)
  }

  async create<T extends KubeObject>(object: T): Promise<T> {
    const given = asJson(object)
    return this.asked(() => this.writes.create(given) as T)
  }

  async get<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined> {
    return this.asked(() => {
      const { kind, namespaced } = known(ref)
      const namespace = namespaced ? (ref.namespace ?? 'default') : undefined
      return this.world.store.get(kind, ref.name, namespace) as T | undefined
    })
  }

  async list<T extends KubeObject>(ref: ListRef): Promise<ObjectList<T>> {
    return this.asked(() => {
      const { store } = this.world
      const { kind } = known(ref)
      const items = listOf({ store, kind, ref }, selectorOf(kind, ref)) as T[]
      return { items, resourceVersion: String(store.version) }
    })
  }

  async watch(
    ref: ListRef,
    resourceVersion: string,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<WatchEnd> {
    const { clock, store } = this.world
    try {
      await this.turn(signal)
      const { kind } = known(ref)
      const options = { clock, store, random: this.events, kind, ref, resourceVersion, onEvent, signal }
      return await watchObjects(options)
    } catch (error) {
      return signal.aborted ? { why: 'closed' } : { why: 'failed', error }
    }
  }

  async patch<T extends KubeObject>(ref: ObjectRef, patch: object): Promise<T> {
    return this.asked(() => this.writes.patch(ref, patch) as T)
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    let ended: Promise<void> | undefined
    const later = (end: () => void) => {
      ended = this.world.clock.sleep(this.requests.between(...endsMs)).then(end)
    }
    const wasThere = await this.asked(() => this.writes.delete(ref, options, later))
    await ended
    return wasThere
  }

  async evict(pod: { namespace: string; name: string }, options: EvictOptions = {}): Promise<EvictionAnswer> {
    return this.asked(() => evictPod(this.world, pod, options))
  }

  async exec(pod: PodRef, command: string[]): Promise<ExecResult> {
    await this.turn()
    return execIn(this.world, pod, command)
  }

  async logs(pod: PodRef, options: LogOptions = {}): Promise<string> {
    await this.turn()
    return logsOf(this.world, pod, options)
  }

  async followLogs(
    pod: PodRef,
    onLine: (line: string) => void,
    signal: AbortSignal,
    options: Pick<LogOptions, 'timestamps'> = {},
  ): Promise<void> {
    try {
      await this.turn(signal)
      await followLog(this.world, pod, onLine, signal, options)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async isNamespaced(apiVersion: string, kind: string): Promise<boolean | undefined> {
    return this.asked(() => kindOf(apiVersion, kind)?.namespaced)
  }

  async raw(path: string): Promise<string> {
    await this.turn()
    return rawOf(this.world, path, this.version)
  }

  /** The way to the server, at whose end it acts. */
  private turn(signal?: AbortSignal): Promise<void> {
    return this.world.clock.sleep(this.requests.between(...latencyMs), signal)
  }

  private async asked<T>(act: () => T): Promise<T> {
    await this.turn()
    // Whoever changes an answer must not change the cluster.
    return structuredClone(act())
  }
}

/** @throws KubeError 404 for a kind that the model has not. */
function known({ apiVersion, kind }: { apiVersion: string; kind: string }): Kind & { kind: KindName } {
  const found = kindOf(apiVersion, kind)
  if (!found) throw unknownKind(apiVersion, kind)
  return { ...kinds[found.kind], kind: found.kind }
}
