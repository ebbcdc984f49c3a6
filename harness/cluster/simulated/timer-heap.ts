/** Something that is due. */
export interface Entry {
  atMs: number
  /** What is due at the same time happens in the order in which it was asked for. */
  order: number
  /** Undefined once it is cancelled. */
  act: (() => void) | undefined
}

/** Below so many entries it is not worth while to leave out those that were cancelled. */
const smallHeap = 1_000

/** Its least entry first: by time, then by order. */
export class TimerHeap {
  private entries: Entry[] = []
  private forgotten = 0

  /** One of them was cancelled. Those that are due long after would add up. */
  forget(): void {
    this.forgotten++
    if (this.entries.length < smallHeap || this.forgotten < this.entries.length / 2) return
    const kept = this.entries.filter(({ act }) => act)
    this.clear()
    for (const entry of kept.sort((a, b) => (isBefore(a, b) ? -1 : 1))) this.entries.push(entry)
  }

  peek(): Entry | undefined {
    return this.entries[0]
  }

  clear(): void {
    this.entries = []
    this.forgotten = 0
  }

  push(entry: Entry): void {
    const { entries } = this
    let at = entries.length
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = entries[parentAt]
      if (!parent || isBefore(parent, entry)) break
      entries[at] = parent
      at = parentAt
    }
    entries[at] = entry
  }

  pop(): Entry | undefined {
    const { entries } = this
    const least = entries[0]
    const last = entries.pop()
    if (least && !least.act) this.forgotten--
    if (!last || last === least) return least
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      let child = entries[childAt]
      const right = entries[childAt + 1]
      if (child && right && isBefore(right, child)) {
        child = right
        childAt++
      }
      if (!child || isBefore(last, child)) break
      entries[at] = child
      at = childAt
    }
    entries[at] = last
    return least
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
