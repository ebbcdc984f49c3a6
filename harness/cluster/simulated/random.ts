/** Numbers that look random and are the same for the same seed. */
export class Random {
  private state: number

  constructor(seed: number | string) {
    this.state = typeof seed === 'number' ? seed >>> 0 : hashOf(seed)
  }

  /** At least 0, less than 1 (mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }

  /** One of them; undefined where there is none. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.next() * from.length)]
  }

  /** So many letters of an alphabet. */
  letters(count: number, alphabet: string): string {
    let letters = ''
    for (let left = count; left > 0; left--) letters += alphabet[Math.floor(this.next() * alphabet.length)]
    return letters
  }

  /** Another, whose numbers do not depend on how many were taken of this one. */
  fork(name: string): Random {
    return new Random(`${this.state} ${name}`)
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
