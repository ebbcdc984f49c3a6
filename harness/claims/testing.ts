import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import type { ClaimResult } from '../model/result.ts'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import { type Response, respond } from './claim.ts'
import type { Judge } from './judgement.ts'
import { ledgerOf } from './ledger.ts'

/** Holds at the first step `held` since the fault, and is broken by a step `broken`. */
export const judge: Judge = (timeline, sinceMs) => {
  const steps = timeline.of('step').filter(({ fromMs }) => fromMs >= sinceMs)
  const first = (name: string) => steps.find(({ subject }) => subject === name)?.fromMs
  const [broken, held] = [first('broken'), first('held')]
  if (first('unjudgeable') !== undefined) return { is: 'unjudgeable', detail: 'was never seen' }
  if (broken !== undefined) return { is: 'broken', atMs: broken, detail: 'it did it twice' }
  if (held !== undefined) return { is: 'held', atMs: held, detail: 'did it' }
  return { is: 'open', lastSeen: steps.at(-1)?.subject ?? 'nothing was seen' }
}

/** A window of 2 to 10 s. */
export const predict = () => ({
  earliestMs: 2_000,
  latestMs: 10_000,
  because: [{ term: 'all of it', ms: 10_000 }],
})

/** One that landed a second after the scenario's zero, unless these say otherwise. */
export const fault = (parts: Partial<FaultRecord> = {}): FaultRecord => ({
  ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 500, revertedAtMs: undefined },
  effect: { does: 'delete-pod', podUid: 'web-1', force: false },
  receipt: { atMs: 1_000, observedBy: 'watch of pods', evidence: 'its deletionTimestamp is set' },
  ...parts,
})

/** What became of a claim. */
export interface Told {
  result: ClaimResult
  /** When the claim let the scenario go on. */
  resolvedMs: number
  /** Lets the scenario go on until then, and gives the last word. */
  end(atMs: number): Promise<ClaimResult>
}

/** Claims that what these observations tell comes in its window, at that time of the scenario. */
export async function claim(
  coming: Observation[],
  parts: Partial<Response> = {},
  of = fault(),
  claimedMs = 0,
): Promise<Told> {
  const recording = new FakeRecording(...coming)
  recording.passUntil(claimedMs)
  const stage = { ...fakeStage(recording, of), ...parts.stage }
  const statement = 'toDoIt()'
  const common = { statement, subject: 'Pod/shop/web-1', promise: 'to do it', judge, predict }
  await respond({ ...common, rests: ['Pod'], ...parts, stage })
  const ledger = ledgerOf(stage)
  const [entry] = ledger.entries
  if (!entry) throw new Error('the claim was not written down')
  const end = async (atMs: number) => {
    recording.passUntil(atMs)
    await ledger.close()
    return entry.result
  }
  return { result: entry.result, resolvedMs: recording.now(), end }
}
