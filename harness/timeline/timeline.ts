import type { Interval, IntervalKind } from '../model/interval.ts'
import type { LogObservation, NoiseObservation, WorkloadShape } from '../model/observation.ts'
import { Traffic } from './traffic.ts'

/** A pod may be asked at its IP before the watch has told of it. */
const addressSeenMs = 1_000

/**
 * The intervals that a recording comes to. It grows with what changes, not with what is seen: a thousand
 * observations of an unchanged pod add nothing. No I/O and no clock; every time in it comes from an observation.
 */
export class Timeline {
  private readonly byKind = new Map<IntervalKind, Interval[]>()
  private readonly byUid = new Map<string, Map<IntervalKind, Interval[]>>()
  /** By the first two words of their keys, which name an object, and then by their keys. */
  private readonly open = new Map<string, Map<string, Interval>>()
  private readonly openByKind = new Map<IntervalKind, Set<Interval>>()
  private readonly controllers = new Map<string, string>()
  private readonly addresses = new Map<string, { uid: string; fromMs: number }[]>()
  private readonly addressesOf = new Map<string, { address: string; fromMs: number }[]>()
  readonly traffic = new Traffic()
  /** How busy the machine was, oldest first. */
  readonly noise: NoiseObservation[] = []
  private readonly lines = new Map<string, LogObservation[]>()
  /** The workloads whose steadiness is followed. */
  readonly workloads: WorkloadShape[] = []
  /** The time of the latest observation, in milliseconds. */
  lastMs = 0

  /** Every interval of a kind, oldest first; with `uid`, only those of one subject. */
  of<K extends IntervalKind>(kind: K, uid?: string): Interval<K>[] {
    const found = uid === undefined ? this.byKind.get(kind) : this.byUid.get(uid)?.get(kind)
    return (found ?? []) as Interval<K>[]
  }

  /** Those of a kind that go on, in the order in which they began. */
  openOf<K extends IntervalKind>(kind: K): Interval<K>[] {
    return [...(this.openByKind.get(kind) ?? [])] as Interval<K>[]
  }

  /** What a container of a pod has written, as far as it was read, in the order of its reading. */
  logOf(podUid: string, container: string): readonly LogObservation[] {
    return this.lines.get(`${podUid} ${container}`) ?? []
  }

  all(): Interval[] {
    return [...this.byKind.values()].flat().sort((a, b) => a.fromMs - b.fromMs)
  }

  /** True where the object of `uid` is `root`, or is controlled by it, directly or by way of others. */
  isControlledBy(uid: string, root: string): boolean {
    for (let at: string | undefined = uid; at; at = this.controllers.get(at)) if (at === root) return true
    return false
  }

  /** The pod that had this IP at that time: an IP may be given to another once its pod is gone. */
  podAt(address: string, atMs: number): Interval<'pod'> | undefined {
    const had = this.addresses.get(address) ?? []
    const of = (one: { uid: string } | undefined) => one && this.of('pod', one.uid)[0]
    const then = of(had.findLast(({ fromMs }) => fromMs <= atMs))
    if (then && (then.toMs === null || then.toMs > atMs - addressSeenMs)) return then
    return of(had.find(({ fromMs }) => fromMs > atMs && fromMs <= atMs + addressSeenMs)) ?? then
  }

  /** The IPs that a pod has had, each from when it was first seen with it. */
  ipsOf(uid: string): readonly { address: string; fromMs: number }[] {
    return this.addressesOf.get(uid) ?? []
  }

  // What follows is for reducers.

  /** The pod has this IP. Told again of a pod that is going, it is not news: another may have the IP by then. */
  addressed(uid: string, address: string, fromMs: number): void {
    if (this.addressesOf.get(uid)?.at(-1)?.address === address) return
    push(this.addressesOf, uid, { address, fromMs })
    push(this.addresses, address, { uid, fromMs })
  }

  /** A container has written this, or another incarnation has. */
  logged(seen: LogObservation): void {
    const key = `${seen.podUid} ${seen.container}`
    if (!seen.takenBack) return push(this.lines, key, seen)
    const isIt = ({ containerID, atMs, line }: LogObservation) =>
      containerID === seen.containerID && atMs === seen.atMs && line === seen.line
    const lines = this.lines.get(key) ?? []
    this.lines.set(
      key,
      lines.filter((line) => !isIt(line)),
    )
  }

  /** Who controls the object now; nobody, where its controller let it go. */
  controlledBy(uid: string, owner: string | undefined): void {
    if (owner === undefined) this.controllers.delete(uid)
    else this.controllers.set(uid, owner)
  }

  /**
   * The state named by `key` holds from `atMs` on. While its detail stays the same, the open interval goes on; a
   * changed detail ends it and begins another, unless `amend` says that the detail only became better known.
   */
  hold<K extends IntervalKind>(key: string, interval: Omit<Interval<K>, 'toMs'>, amend = false): void {
    const open = this.open.get(groupOf(key))?.get(key)
    if (open) {
      if (amend) {
        open.detail = interval.detail
        return
      }
      if (JSON.stringify(open.detail) === JSON.stringify(interval.detail)) return
      this.end(key, interval.fromMs)
    }
    const begun = { ...interval, toMs: null } as Interval
    const group = this.open.get(groupOf(key)) ?? new Map<string, Interval>()
    this.open.set(groupOf(key), group.set(key, begun))
    const alike = this.openByKind.get(interval.kind) ?? new Set()
    this.openByKind.set(interval.kind, alike.add(begun))
    this.add(begun)
  }

  /** The state named by `key` is over; nothing where it did not hold. */
  end(key: string, atMs: number): void {
    const group = this.open.get(groupOf(key))
    const open = group?.get(key)
    if (!open) return
    open.toMs = atMs
    group?.delete(key)
    if (group?.size === 0) this.open.delete(groupOf(key))
    this.openByKind.get(open.kind)?.delete(open)
  }

  /** Ends every open state whose key begins so: with two words and a space at least. */
  endAll(prefix: string, atMs: number): void {
    for (const key of this.openKeys(prefix)) this.end(key, atMs)
  }

  /** The keys of the open states that begin so: with two words and a space at least. */
  openKeys(prefix: string): string[] {
    const keys = this.open.get(groupOf(prefix))?.keys() ?? []
    return [...keys].filter((key) => key.startsWith(prefix))
  }

  isOpen(key: string): boolean {
    return this.open.get(groupOf(key))?.has(key) === true
  }

  /** Something that happened at one time, or a stretch that is over when it is told. */
  add(interval: Interval): void {
    push(this.byKind, interval.kind, interval)
    const ofUid = this.byUid.get(interval.uid) ?? new Map<IntervalKind, Interval[]>()
    push(ofUid, interval.kind, interval)
    this.byUid.set(interval.uid, ofUid)
  }
}

/** As `pod 0f3c` of `pod 0f3c container web waiting`. */
function groupOf(key: string): string {
  const at = key.indexOf(' ', key.indexOf(' ') + 1)
  return at < 0 ? key : key.slice(0, at)
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
