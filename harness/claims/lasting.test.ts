import { describe, expect, test } from 'vitest'
import { FakeRecording, fakeStage, step } from '../timeline/testing.ts'
import { respond } from './claim.ts'
import type { Judge } from './judgement.ts'
import { ledgerOf } from './ledger.ts'
import { claim, fault, predict } from './testing.ts'

describe('what has to last', () => {
  const lastsMs = 1_000
  /** Holds from a step `held` on, and no longer than to a step `lost`. */
  const flapping: Judge = (timeline, sinceMs) => {
    const steps = timeline.of('step').filter(({ fromMs }) => fromMs >= sinceMs)
    const last = steps.at(-1)
    return last?.subject === 'held'
      ? { is: 'held', atMs: last.fromMs, detail: 'did it' }
      : { is: 'open', lastSeen: last?.subject ?? 'nothing was seen' }
  }
  const lasting = { judge: flapping, lastsMs }

  test('is believed once it has lasted, and counts from when it began', async () => {
    const { result, resolvedMs } = await claim([step(6_000, 'held')], lasting)
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    expect(resolvedMs).toBe(7_000)
  })

  test('begins anew where it was lost meanwhile', async () => {
    const { result } = await claim([step(6_000, 'held'), step(6_500, 'lost'), step(8_000, 'held')], lasting)
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 7_000 })
  })

  test('is violated where it did not last within the window', async () => {
    const { result } = await claim([step(6_000, 'held'), step(6_500, 'lost')], lasting)
    expect(result).toMatchObject({ verdict: 'violated', timing: 'late' })
  })

  test('is violated where it is lost by the end of the scenario', async () => {
    const { result, end } = await claim([step(6_000, 'held'), step(60_000, 'lost')], lasting)
    expect(result.verdict).toBe('passed')
    expect((await end(70_000)).verdict).toBe('violated')
  })

  test('may be lost by a later fault', async () => {
    const recording = new FakeRecording(step(6_000, 'held'), step(60_000, 'lost'))
    const stage = fakeStage(recording, fault())
    const common = { statement: 'toDoIt()', subject: 'Pod/shop/web-1', promise: 'to do it', predict }
    await respond({ ...common, ...lasting, stage, rests: [] })
    stage.faults.push(fault({ number: 1, injectedAtMs: 50_000 }))
    recording.passUntil(70_000)
    await ledgerOf(stage).close()
    expect(ledgerOf(stage).entries[0]?.result.verdict).toBe('passed')
  })
})

describe('what may be taken back', () => {
  test.each([
    ['is violated where it was by the end of the scenario', true, 'violated'],
    ['passes for all other claims', false, 'passed'],
  ])('%s', async (_, mustHoldAtEnd, verdict) => {
    let isHeld = true
    const judge: Judge = () =>
      isHeld ? { is: 'held', atMs: 6_000, detail: 'did it' } : { is: 'open', lastSeen: 'it had not' }
    const { result, end } = await claim([], { judge, mustHoldAtEnd })
    expect(result.verdict).toBe('passed')
    isHeld = false
    expect((await end(70_000)).verdict).toBe(verdict)
  })
})
