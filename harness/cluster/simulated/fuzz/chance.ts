import { Random } from '../random.ts'

/** What happens by chance, the same for the same seed. */
export class Chance extends Random {
  oneIn(n: number): boolean {
    return this.next() < 1 / n
  }

  /** A whole number, of these two at least and at most. */
  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1))
  }

  oneOf<T>(first: T, ...others: T[]): T {
    return this.pick([first, ...others]) ?? first
  }

  /** Once in so many times what is made, nothing otherwise. */
  maybe<T extends object>(n: number, make: () => T): T | undefined {
    return this.oneIn(n) ? make() : undefined
  }
}
