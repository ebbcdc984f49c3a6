import type { KindName } from '../kinds.ts'
import type { ObjectOf, Store } from '../store.ts'

/** The objects of a kind by something that they say, kept as they change: nobody has to look through all of them. */
export class ObjectIndex<K extends KindName> {
  private readonly byKey = new Map<string, Map<string, ObjectOf<K>>>()
  private readonly keysOf: (object: ObjectOf<K>) => readonly string[]

  constructor(store: Store, kind: K, keysOf: (object: ObjectOf<K>) => readonly string[]) {
    this.keysOf = keysOf
    for (const object of store.list(kind)) this.put(object)
    store.on(kind, ({ type, object, before }) => {
      const now = type === 'DELETED' ? undefined : (object as ObjectOf<K>)
      const keys = now ? keysOf(now) : []
      if (before) this.drop(before as ObjectOf<K>, keys)
      if (now) this.put(now)
    })
  }

  /** In the order in which they came to have it. */
  of(key: string): ObjectOf<K>[] {
    return [...(this.byKey.get(key)?.values() ?? [])]
  }

  count(key: string): number {
    return this.byKey.get(key)?.size ?? 0
  }

  keys(): string[] {
    return [...this.byKey.keys()]
  }

  private put(object: ObjectOf<K>): void {
    for (const key of this.keysOf(object)) {
      const known = this.byKey.get(key) ?? new Map<string, ObjectOf<K>>()
      this.byKey.set(key, known.set(object.metadata?.uid ?? '', object))
    }
  }

  private drop(before: ObjectOf<K>, kept: readonly string[]): void {
    for (const key of this.keysOf(before)) {
      if (kept.includes(key)) continue
      const known = this.byKey.get(key)
      known?.delete(before.metadata?.uid ?? '')
      if (known?.size === 0) this.byKey.delete(key)
    }
  }
}
