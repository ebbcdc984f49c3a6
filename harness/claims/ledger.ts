import type { ClaimResult } from '../model/result.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Stage } from '../workload/stage.ts'

/** A claim that has been made, and what it has come to. */
export interface Entry {
  readonly result: ClaimResult
  /** @param because `tooSlow` where nothing but the machine keeps it from being judged. */
  settle(verdict: Verdict, message: string, because?: { tooSlow?: true }): void
  /** The last word, when the scenario's own steps are over. */
  atEnd?: () => Promise<void>
}

/** The claims of a scenario, in the order in which they were made. */
export class Ledger {
  readonly entries: Entry[] = []

  open(head: Pick<ClaimResult, 'statement' | 'subject' | 'sort'> & Partial<ClaimResult>): Entry {
    const result: ClaimResult = {
      ...head,
      verdict: 'inconclusive',
      message: `${head.subject}: was not judged to its end`,
    }
    const entry: Entry = {
      result,
      settle(verdict, message, { tooSlow } = {}) {
        result.verdict = verdict
        result.message = message
        if (tooSlow) result.tooSlow = true
        else delete result.tooSlow
      },
    }
    this.entries.push(entry)
    return entry
  }

  /** Gives every claim its last word. */
  async close(): Promise<void> {
    for (const entry of this.entries) await entry.atEnd?.()
  }
}

const ledgers = new WeakMap<Stage, Ledger>()

export function ledgerOf(stage: Stage): Ledger {
  const ledger = ledgers.get(stage) ?? new Ledger()
  ledgers.set(stage, ledger)
  return ledger
}
