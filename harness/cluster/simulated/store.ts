import type { V1EndpointSlice, V1Lease, V1ReplicaSet } from '@kubernetes/client-node'
import type {
  DeploymentObject,
  JobObject,
  Json,
  KubeObject,
  NodeObject,
  PodDisruptionBudgetObject,
  PodObject,
  ServiceObject,
} from '../kube.ts'
import { type KindName, kinds } from './kinds.ts'
import type { Random } from './random.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** The object of each kind, as far as its type is known here. */
export interface Objects {
  Pod: PodObject
  Node: NodeObject
  Service: ServiceObject
  Deployment: DeploymentObject
  ReplicaSet: Json<V1ReplicaSet>
  EndpointSlice: Json<V1EndpointSlice>
  Lease: Json<V1Lease>
  PodDisruptionBudget: PodDisruptionBudgetObject
  Job: JobObject
}
export type ObjectOf<K extends KindName> = K extends keyof Objects
  ? Objects[K]
  : KubeObject & { [field: string]: unknown }

/** One change of one object. */
export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  version: number
  atMs: number
  /** As it is now; for DELETED, as it last was, with the version of its deletion. */
  object: KubeObject
  /** As it was before; undefined for ADDED. */
  before: KubeObject | undefined
}

/** How long old versions are kept for watches that go on from them, in milliseconds: etcd is compacted every 5 minutes. */
const historyMs = 300_000

/**
 * The objects of a cluster and their versions. Objects are never changed in place: what is written is another object.
 * Those who listen are called at once, in the order in which they began to.
 */
export class Store {
  private readonly clock: VirtualClock
  private readonly random: Random
  private readonly objects = new Map<KindName, Map<string, KubeObject>>()
  private readonly listeners = new Map<KindName, Set<(change: Change) => void>>()
  private readonly history = new Map<KindName, Change[]>()
  /** Of what is in no kind's history any more, the newest version. */
  private compacted = 0
  private lastVersion = 1
  /** The last time that was asked for: it is asked for again and again. */
  private told = { epochS: Number.NaN, text: '' }

  constructor(clock: VirtualClock, random: Random) {
    this.clock = clock
    this.random = random
    for (const kind of Object.keys(kinds) as KindName[]) {
      this.objects.set(kind, new Map())
      this.listeners.set(kind, new Set())
      this.history.set(kind, [])
    }
  }

  get nowMs(): number {
    return this.clock.now()
  }

  get version(): number {
    return this.lastVersion
  }

  get<K extends KindName>(kind: K, name: string, namespace?: string): ObjectOf<K> | undefined {
    return this.of(kind).get(keyOf(name, namespace)) as ObjectOf<K> | undefined
  }

  /** In the order in which they were made. */
  list<K extends KindName>(kind: K, namespace?: string): ObjectOf<K>[] {
    const all = [...this.of(kind).values()] as ObjectOf<K>[]
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata?.namespace === namespace)
  }

  /** Takes in an object that is not there yet; gives it its UID, version, generation and time. */
  create<K extends KindName>(kind: K, object: ObjectOf<K>): ObjectOf<K> {
    const { apiVersion, hasGeneration } = kinds[kind]
    const made = {
      ...object,
      apiVersion,
      kind,
      metadata: {
        ...object.metadata,
        uid: this.uuid(),
        resourceVersion: String(++this.lastVersion),
        creationTimestamp: this.timestamp(),
        ...(hasGeneration && { generation: 1 }),
      },
    } as ObjectOf<K>
    const key = keyOf(made.metadata?.name ?? '', made.metadata?.namespace)
    if (this.of(kind).has(key)) throw new Error(`${kind} ${key} is there already`)
    this.of(kind).set(key, made)
    this.tell(kind, 'ADDED', made, undefined)
    return made
  }

  /**
   * Writes an object in the place of the one of its name: nothing happens where nothing is other than it was, or where
   * that one is gone or has another UID.
   *
   * @returns what is there now; undefined where it is gone.
   */
  update<K extends KindName>(kind: K, object: ObjectOf<K>): ObjectOf<K> | undefined {
    const key = keyOf(object.metadata?.name ?? '', object.metadata?.namespace)
    const before = this.of(kind).get(key) as ObjectOf<K> | undefined
    if (!before || before.metadata?.uid !== object.metadata?.uid) return undefined
    if (before === object || isSame(before, object)) return before
    const generation = before.metadata?.generation ?? 1
    const spec = (of: unknown) => (of as { spec?: unknown }).spec
    const isNewSpec = kinds[kind].hasGeneration && !isSame(spec(before), spec(object))
    const made = {
      ...object,
      metadata: {
        ...object.metadata,
        resourceVersion: String(++this.lastVersion),
        ...(kinds[kind].hasGeneration && { generation: isNewSpec ? generation + 1 : generation }),
      },
    } as ObjectOf<K>
    this.of(kind).set(key, made)
    this.tell(kind, 'MODIFIED', made, before)
    return made
  }

  /** Takes an object away at once; true where it was there, and had this UID where one is given. */
  remove(kind: KindName, name: string, namespace?: string, uid?: string): boolean {
    const key = keyOf(name, namespace)
    const before = this.of(kind).get(key)
    if (!before || (uid !== undefined && before.metadata?.uid !== uid)) return false
    this.of(kind).delete(key)
    const last = { ...before, metadata: { ...before.metadata, resourceVersion: String(++this.lastVersion) } }
    this.tell(kind, 'DELETED', last as KubeObject, before)
    return true
  }

  /** Calls back at once with every change of a kind from now on; gives what ends it. */
  on(kind: KindName, listener: (change: Change) => void): () => void {
    this.listeners.get(kind)?.add(listener)
    return () => void this.listeners.get(kind)?.delete(listener)
  }

  /** The changes of a kind after a version; undefined where they are not all known any more. */
  since(kind: KindName, version: number): Change[] | undefined {
    if (version < this.compacted) return undefined
    return this.history.get(kind)?.filter((change) => change.version > version)
  }

  /** The time as the API server writes it: whole seconds. */
  timestamp(atMs = this.clock.now()): string {
    const epochS = Math.floor((this.clock.epoch() - this.clock.now() + atMs) / 1_000)
    if (epochS !== this.told.epochS) {
      this.told = { epochS, text: new Date(epochS * 1_000).toISOString().replace('.000Z', 'Z') }
    }
    return this.told.text
  }

  uuid(): string {
    const hex = this.random.letters(32, '0123456789abcdef')
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`]
    return [...parts, hex.slice(20)].join('-')
  }

  private of(kind: KindName): Map<string, KubeObject> {
    return this.objects.get(kind) as Map<string, KubeObject>
  }

  private tell(
    kind: KindName,
    type: Change['type'],
    object: KubeObject,
    before: KubeObject | undefined,
  ): void {
    const change = { type, version: this.lastVersion, atMs: this.clock.now(), object, before }
    const history = this.history.get(kind) as Change[]
    history.push(change)
    const oldMs = change.atMs - historyMs
    // Now and then, for it moves what it keeps.
    if ((history[0]?.atMs ?? oldMs) < oldMs - historyMs) {
      const kept = history.findIndex(({ atMs }) => atMs >= oldMs)
      const gone = history.splice(0, kept)
      this.compacted = Math.max(this.compacted, gone.at(-1)?.version ?? 0)
    }
    for (const listener of [...(this.listeners.get(kind) ?? [])]) listener(change)
  }
}

function keyOf(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** Of what JSON can say: the same, however it was made. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const name of Object.keys(left)) if (!isSame(left[name], right[name])) return false
  // What is undefined is as if it were not there.
  for (const name of Object.keys(right)) {
    if (left[name] === undefined && right[name] !== undefined) return false
  }
  return true
}
