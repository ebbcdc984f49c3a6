import { describe, expect, test } from 'vitest'
import type { FaultEffect, FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import type { ClaimResult } from '../model/result.ts'
import { predict as predictions } from '../predict/predict.ts'
import { FakeRecording, fakeStage, gap, pod, slice, step, watched } from '../timeline/testing.ts'
import { type Response, respond } from './claim.ts'
import { judgeJoined, judgeLeft } from './endpoints.ts'
import type { Judge } from './judgement.ts'
import { ledgerOf } from './ledger.ts'

/** Holds at the first step `held` since the fault, and is broken by a step `broken`. */
const judge: Judge = (timeline, sinceMs) => {
  const steps = timeline.of('step').filter(({ fromMs }) => fromMs >= sinceMs)
  const first = (name: string) => steps.find(({ subject }) => subject === name)?.fromMs
  const [broken, held] = [first('broken'), first('held')]
  if (first('unjudgeable') !== undefined) return { is: 'unjudgeable', detail: 'was never seen' }
  if (broken !== undefined) return { is: 'broken', atMs: broken, detail: 'it did it twice' }
  if (held !== undefined) return { is: 'held', atMs: held, detail: 'did it' }
  return { is: 'open', lastSeen: steps.at(-1)?.subject ?? 'nothing was seen' }
}

const predict = () => ({ earliestMs: 2_000, latestMs: 10_000, because: [{ term: 'all of it', ms: 10_000 }] })

const fault = (parts: Partial<FaultRecord> = {}): FaultRecord => ({
  ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 500, revertedAtMs: undefined },
  effect: { does: 'delete-pod', podUid: 'web-1', force: false },
  receipt: { atMs: 1_000, observedBy: 'watch of pods', evidence: 'its deletionTimestamp is set' },
  ...parts,
})

interface Told {
  result: ClaimResult
  /** When the claim let the scenario go on. */
  resolvedMs: number
  /** Lets the scenario go on until then, and gives the last word. */
  end(atMs: number): Promise<ClaimResult>
}

async function claim(
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

describe('inside its window', () => {
  test('a claim passes at the observation that brings it, and says when it was counted from', async () => {
    const { result, resolvedMs, end } = await claim([
      step(500, 'hurt'),
      step(6_000, 'held'),
      step(7_000, 'on'),
    ])
    expect(resolvedMs).toBe(6_000)
    expect(result).toEqual({
      ...{ statement: 'toDoIt()', subject: 'Pod/shop/web-1', sort: 'response', verdict: 'passed' },
      ...{ message: 'Pod/shop/web-1: did it 5.0 s after deletePod landed', measuredMs: 5_000 },
      ...{ anchor: { event: 'deletePod landed', atMs: 1_000 }, timing: 'inside', predicted: predict() },
    })
    expect((await end(20_000)).verdict).toBe('passed')
  })

  test('each of the things that were waited for together has its time, from the anchor', async () => {
    const together: Judge = (timeline, sinceMs) => {
      const seen = judge(timeline, sinceMs)
      const reached = [
        { what: 'one', atMs: 400 },
        { what: 'other', atMs: 6_000 },
      ]
      return seen.is === 'held' ? { ...seen, reached } : seen
    }
    const { result } = await claim([step(500, 'hurt'), step(6_000, 'held')], { judge: together })
    expect(result.reached).toEqual([
      { what: 'one', ms: -600 },
      { what: 'other', ms: 5_000 },
    ])
  })

  test.each([3_000, 11_000])('both ends belong to it: %i ms', async (atMs) => {
    const { result } = await claim([step(atMs, 'held')])
    expect(result).toMatchObject({ verdict: 'passed', timing: 'inside' })
  })

  test('what was there before the fault does not count', async () => {
    const { result } = await claim([step(400, 'held')])
    expect(result.verdict).toBe('violated')
  })

  test('a gap does not take away what was seen', async () => {
    const { result } = await claim([gap(2_000, 3_000), step(6_000, 'held')])
    expect(result.verdict).toBe('passed')
  })
})

describe('outside its window', () => {
  test('what comes too early was done by something else, and is inconclusive', async () => {
    const { result } = await claim([step(2_499, 'held')])
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'early', measuredMs: 1_499 })
    expect(result.message).toMatch(
      /^Pod\/shop\/web-1: did it 1\.5 s after deletePod landed, before the fault/,
    )
    expect(result.message).toContain('2.0 s at the earliest')
  })

  test('what comes so early that the fault must have landed before its receipt is due to it, by up to a second', async () => {
    const { result } = await claim([step(2_500, 'held')])
    expect(result).toMatchObject({ verdict: 'passed', timing: 'inside', measuredMs: 1_500 })
    const slow = fault({ receipt: { atMs: 9_000, observedBy: 'docker', evidence: 'it is stopped' } })
    const long = async (atMs: number) => (await claim([step(atMs, 'held')], {}, slow)).result.timing
    expect([await long(9_999), await long(10_000)]).toEqual(['early', 'inside'])
  })

  test('what comes sooner than the scenario allows breaks its promise', async () => {
    const early = await claim([step(5_999, 'held')], { notBefore: '5s', within: '9s' })
    expect(early.result).toMatchObject({ verdict: 'violated', timing: 'early', measuredMs: 4_999 })
    expect(early.result.message).toBe(
      'Pod/shop/web-1: expected to do it no sooner than 5.0 s after deletePod landed, but did it at 6.00 s',
    )
    const inTime = await claim([step(6_000, 'held')], { notBefore: '5s', within: '9s' })
    expect(inTime.result).toMatchObject({ verdict: 'passed', timing: 'inside' })
  })

  test('what comes sooner than Kubernetes promises breaks that promise, where nothing else could bring it', async () => {
    const { result } = await claim([step(2_499, 'held')], { isBrokenEarly: true })
    expect(result).toMatchObject({ verdict: 'violated', timing: 'early', measuredMs: 1_499 })
    expect(result.message).toContain('no sooner than 2.0 s after deletePod landed, but did it at 2.50 s')
  })

  test('what does not come is late at the end of the window: expected what by when, last seen how and when', async () => {
    const { result, resolvedMs, end } = await claim([step(3_000, 'its endpoint was still ready')])
    expect(resolvedMs).toBe(11_000)
    expect(result).toMatchObject({ verdict: 'violated', timing: 'late' })
    const message =
      'Pod/shop/web-1: expected to do it within 10.0 s of deletePod landed (by 11.00 s), but its endpoint was still ready at 11.00 s'
    expect(result.message).toBe(message)
    expect(result.measuredMs).toBeUndefined()
    expect(await end(30_000)).toMatchObject({ verdict: 'violated', message })
  })

  test('what comes after it stays violated, and is told by how much it was late', async () => {
    const { result, end } = await claim([step(14_000, 'held')])
    expect(result.verdict).toBe('violated')
    const last = await end(20_000)
    expect(last).toMatchObject({ verdict: 'violated', timing: 'late', measuredMs: 13_000 })
    expect(last.message).toMatch(/but nothing was seen at 11\.00 s; it came 3\.0 s too late, at 14\.00 s$/)
  })

  test('what came late and is claimed later still is late, however long ago it was', async () => {
    const recording = new FakeRecording(step(14_000, 'held'))
    recording.passUntil(30_000)
    const { result } = await claim([], { stage: { ...fakeStage(recording), faults: [fault()] } })
    expect(result).toMatchObject({ verdict: 'violated', timing: 'late' })
    expect(result.message).toContain('but did it only at 14.00 s')
  })

  test('a control run waits for a minute at most: without a fault, what comes comes soon', async () => {
    const recording = new FakeRecording(step(70_000, 'held'))
    const stage = { ...fakeStage(recording, fault()), control: true }
    const { result } = await claim([], { stage, within: '90s' })
    expect(result).toMatchObject({ verdict: 'violated', timing: 'late' })
    expect(recording.now()).toBe(61_000)
    const calm = new FakeRecording(step(70_000, 'held'))
    const { result: hurt } = await claim([], { stage: fakeStage(calm, fault()), within: '90s' })
    expect(hurt.verdict).toBe('passed')
  })

  test('a control run takes what comes early for what it is: seen without a fault', async () => {
    const recording = new FakeRecording(step(1_500, 'held'))
    const { result } = await claim([], { stage: { ...fakeStage(recording, fault()), control: true } })
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 500 })
  })
})

describe('broken', () => {
  test('it is violated at once, and says what was seen and when', async () => {
    const { result, resolvedMs } = await claim([step(4_000, 'broken'), step(5_000, 'held')])
    expect(resolvedMs).toBe(4_000)
    expect(result).toMatchObject({ verdict: 'violated', measuredMs: 3_000 })
    expect(result.message).toBe(
      'Pod/shop/web-1: expected to do it within 10.0 s of deletePod landed (by 11.00 s), but it did it twice at 4.00 s',
    )
  })

  test('what has held is violated where it is broken by the end', async () => {
    const { result, end } = await claim([step(4_000, 'held'), step(60_000, 'broken')])
    expect(result.verdict).toBe('passed')
    const last = await end(70_000)
    expect(last.verdict).toBe('violated')
    expect(last.message).toContain('but it did it twice at 60.00 s')
  })
})

describe('not judged', () => {
  test('a gap in a watch that it rests on leaves what was not seen inconclusive', async () => {
    const { result } = await claim([gap(2_000, 3_500)])
    expect(result.verdict).toBe('inconclusive')
    expect(result.message).toBe(
      'Pod/shop/web-1: the watch of Pod has a gap from 2.00 s to 3.50 s: the resourceVersion had expired',
    )
  })

  test.each([
    ['from before its end', gap(2_000, 30_000), 'inconclusive'],
    ['from after it', gap(20_000, 30_000), 'violated'],
  ])('a gap %s that is only known of later leaves it %3$s', async (_, hole, verdict) => {
    const { result, end } = await claim([hole])
    expect(result.verdict).toBe('violated')
    expect((await end(40_000)).verdict).toBe(verdict)
  })

  test.each([
    ['before the fault', gap(100, 400)],
    ['of another watch', gap(2_000, 3_500, 'Node')],
  ])('a gap %s changes nothing', async (_, hole) => {
    expect((await claim([hole])).result.verdict).toBe('violated')
  })

  test('a step of the clock leaves what was not seen inconclusive, whenever it came', async () => {
    expect((await claim([gap(100, 400, 'clock')])).result.verdict).toBe('inconclusive')
  })

  test('what is told of a short node only after it was late leaves it inconclusive too, whether it came or not', async () => {
    const evicted = watched('Pod', 12_000, pod({ disrupted: 'TerminationByKubelet' }))
    for (const coming of [[evicted], [evicted, step(13_000, 'held')]]) {
      const { result, end } = await claim(coming)
      expect(result).toMatchObject({ verdict: 'violated', timing: 'late' })
      const last = await end(20_000)
      expect(last.verdict).toBe('inconclusive')
      expect(last.message).toContain('Pod/shop/web-1 was taken away at 12.00 s')
    }
  })

  test('a gap that began before the fault and ended after it counts', async () => {
    expect((await claim([gap(100, 600)])).result.verdict).toBe('inconclusive')
  })

  test('a gap leaves what was broken after it inconclusive too: it rests on what was not seen', async () => {
    const { result } = await claim([gap(2_000, 3_500), step(4_000, 'broken')])
    expect(result.verdict).toBe('inconclusive')
  })

  test('a fault that did not stay in place counts for every claim', async () => {
    const { result } = await claim([gap(2_000, 3_500, 'probe')])
    expect(result.verdict).toBe('inconclusive')
    expect(result.message).toContain('the watch of probe has a gap from 2.00 s to 3.50 s')
  })

  test('a subject that cannot be judged is inconclusive at once', async () => {
    const { result, resolvedMs } = await claim([step(2_000, 'unjudgeable')])
    expect(resolvedMs).toBe(2_000)
    expect(result).toMatchObject({ verdict: 'inconclusive', message: 'Pod/shop/web-1: was never seen' })
  })

  test('a fault that is not known to lead to it asks for a limit', async () => {
    const { result } = await claim([step(5_000, 'held')], { predict: () => undefined })
    expect(result.verdict).toBe('inconclusive')
    expect(result.message).toBe('deletePod on Pod/shop/web-1 is not known to lead to this: say within when')
  })

  test('without a fault it is an error of the scenario', async () => {
    const recording = new FakeRecording()
    const stage = { ...fakeStage(recording), faults: [] }
    await expect(claim([], { stage })).rejects.toThrow(
      'Pod/shop/web-1: toDoIt() was claimed before any fault was injected',
    )
  })

  test("the scenario's deadline ends the wait with its reason", async () => {
    const reason = new Error('its deadline of 5 min has passed')
    const stage = { ...fakeStage(new FakeRecording(), fault()), signal: AbortSignal.abort(reason) }
    await expect(claim([], { stage })).rejects.toBe(reason)
  })
})

describe('within', () => {
  test('takes the place of the prediction, its earliest time included', async () => {
    const { result } = await claim([step(1_001, 'held')], { within: '1s' })
    expect(result).toMatchObject({ verdict: 'passed', within: 1_000, predicted: predict(), measuredMs: 1 })
  })

  test('is a limit, though the prediction would allow more', async () => {
    const { result, resolvedMs } = await claim([step(6_000, 'held')], { within: '3s' })
    expect(resolvedMs).toBe(4_000)
    expect(result.message).toContain('within 3.0 s of deletePod landed (by 4.00 s)')
  })

  test('serves where nothing is predicted', async () => {
    const { result } = await claim([step(6_000, 'held')], { within: 6_000, predict: () => undefined })
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    expect(result.predicted).toBeUndefined()
  })
})

describe('the anchor', () => {
  const probe = (...probes: ('liveness' | 'readiness')[]): FaultEffect => ({
    ...{ does: 'fail-probe', podUid: 'web-1', container: 'app', probes },
    failure: { with: 'status', status: 500 },
  })
  const reverted = (effect: FaultEffect) => fault({ kind: 'failProbe', effect, revertedAtMs: 20_000 })
  const at = (ms: number) => [step(ms, 'held')]

  test('is the revert of a failed probe for what waits for the recovery', async () => {
    const { result } = await claim(at(25_000), { fromRevert: true }, reverted(probe('readiness')))
    expect(result.anchor).toEqual({ event: 'the revert of failProbe', atMs: 20_000 })
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    expect(result.message).toContain('5.0 s after the revert of failProbe')
  })

  test('is the receipt for what does not, and before the revert', async () => {
    const landed = { event: 'failProbe landed', atMs: 1_000 }
    const other = await claim(at(5_000), {}, reverted(probe('readiness')))
    expect(other.result.anchor).toEqual(landed)
    const open = fault({ kind: 'failProbe', effect: probe('readiness') })
    expect((await claim(at(5_000), { fromRevert: true }, open)).result.anchor).toEqual(landed)
  })

  test('is the revert of a lost dependency, before which nothing was due to it', async () => {
    const effect: FaultEffect = {
      does: 'lose-dependency',
      deployment: 'd',
      readyTookMs: 1,
      podUids: ['web-1'],
    }
    const { result } = await claim(at(25_000), { fromRevert: true }, reverted(effect))
    expect(result.anchor).toEqual({ event: 'the revert of failProbe', atMs: 20_000 })
    const early = await claim(at(9_000), { fromRevert: true }, reverted(effect))
    expect(early.result).toMatchObject({ verdict: 'inconclusive', timing: 'early' })
  })

  test('is the revert where nothing could follow before it', async () => {
    const effect: FaultEffect = { does: 'lose-node', node: 'n1', how: 'partitioned', podUids: ['web-1'] }
    const afterRevert = (of: FaultRecord) => of.effect.does === 'lose-node'
    const { result } = await claim(at(25_000), { afterRevert }, reverted(effect))
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    expect(result.anchor).toEqual({ event: 'the revert of failProbe', atMs: 20_000 })
    const atOnce = () => ({ ...predict(), earliestMs: 0 })
    const early = await claim(at(9_000), { afterRevert, predict: atOnce }, reverted(effect))
    expect(early.result).toMatchObject({ verdict: 'inconclusive', timing: 'early' })
    const open = await claim(at(9_000), { afterRevert }, { ...reverted(effect), revertedAtMs: undefined })
    expect(open.result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
    const other = await claim(at(9_000), { afterRevert }, reverted(probe('liveness')))
    expect(other.result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
  })

  test('is the revert of a frozen container for a recovery after it, and the receipt for one before it', async () => {
    const effect: FaultEffect = { does: 'freeze', podUid: 'web-1', container: 'app', ranForMs: 0 }
    const after = await claim(at(25_000), { fromRevert: true }, reverted(effect))
    expect(after.result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    const before = await claim(at(9_000), { fromRevert: true }, reverted(effect))
    expect(before.result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
  })

  test('is the receipt for a fault that is over once it has landed, though it was reverted', async () => {
    const { result } = await claim(at(5_000), { fromRevert: true }, fault({ revertedAtMs: 20_000 }))
    expect(result.anchor).toEqual({ event: 'deletePod landed', atMs: 1_000 })
  })

  test('is the receipt where a restarted container was well before its liveness probe was let alone', async () => {
    const { result } = await claim(at(9_000), { fromRevert: true }, reverted(probe('liveness')))
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 8_000 })
    expect(result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
  })

  test('stays the revert for a failed readiness: what came before was not due to it', async () => {
    const { result } = await claim(at(9_000), { fromRevert: true }, reverted(probe('liveness', 'readiness')))
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'early', measuredMs: -11_000 })
  })

  test('is the revert of what a node was given for a recovery after it, and the receipt for one before it', async () => {
    const node = { node: 'n1', podUids: [] }
    const effects: FaultEffect[] = [
      { does: 'cordon', ...node },
      { does: 'drain', ...node, atOnce: null },
      { does: 'taint', ...node, taint: { key: 'a', effect: 'NoExecute' } },
    ]
    for (const effect of effects) {
      const after = await claim(at(25_000), { fromRevert: true }, reverted(effect))
      expect(after.result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
      const before = await claim(at(5_000), { fromRevert: true }, reverted(effect))
      expect(before.result).toMatchObject({ verdict: 'passed', measuredMs: 4_000 })
    }
  })

  test('is the injection where there is no receipt', async () => {
    const { result } = await claim(at(5_000), {}, fault({ receipt: null }))
    expect(result.anchor).toEqual({ event: 'deletePod landed', atMs: 500 })
  })

  test('is that of the last fault where there were several', async () => {
    const second = fault({ number: 1, kind: 'killPod', injectedAtMs: 9_000, receipt: null })
    const stage = fakeStage(new FakeRecording(...at(12_000)), fault(), second)
    expect((await claim([], { stage })).result.anchor).toEqual({ event: 'killPod landed', atMs: 9_000 })
  })
})

describe('a pod that is named', () => {
  const of = (number: number, podUid: string, injectedAtMs: number) =>
    fault({
      ...{ number, kind: `fault ${number}`, injectedAtMs, receipt: null },
      effect: { does: 'delete-pod', podUid, force: false },
    })
  const anchorOf = async (podUid: string, ...faults: FaultRecord[]) => {
    const stage = fakeStage(new FakeRecording(), ...faults)
    return (await claim([], { stage, podUid })).result.anchor
  }

  test('has its own last fault as the anchor', async () => {
    const faults = [of(0, 'web-1', 100), of(1, 'web-1', 200), of(2, 'web-2', 300)]
    expect(await anchorOf('web-1', ...faults)).toEqual({ event: 'fault 1 landed', atMs: 200 })
  })

  test('has the last of all where none hurt it', async () => {
    const faults = [of(0, 'web-1', 100), of(1, 'web-2', 300)]
    expect(await anchorOf('web-3', ...faults)).toEqual({ event: 'fault 1 landed', atMs: 300 })
  })
})

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

describe('what another watch brings', () => {
  const listed = (atMs: number, ready?: boolean) =>
    watched('EndpointSlice', atMs, slice('s1', [{ of: 'web-1', ...(ready === false && { ready }) }]))
  const liveness: FaultEffect = {
    ...{ does: 'fail-probe', podUid: 'web-1', container: 'app', probes: ['liveness'] },
    failure: { with: 'status', status: 500 },
  }

  test('a moment before the receipt is not early where nothing has to pass first', async () => {
    const { result } = await claim(
      [listed(1), watched('EndpointSlice', 995, slice('s1', []))],
      {
        judge: judgeLeft('web-1'),
        predict: ({ effect }) =>
          predictions.leavesEndpoints({ effect, pod: { containers: [] }, restartsBefore: 0 }),
      },
      fault(),
      600,
    )
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: -5 })
  })

  test('soon after the revert of a failed liveness is not early: the restart was before it', async () => {
    const pod = {
      terminationGracePeriodSeconds: 5,
      containers: [
        { name: 'app', livenessProbe: { periodSeconds: 5 }, readinessProbe: { periodSeconds: 1 } },
      ],
    }
    const { result } = await claim(
      [listed(1), listed(12_000, false), listed(14_000)],
      {
        ...{ judge: judgeJoined('web-1'), rests: [], fromRevert: true },
        predict: ({ effect }) => predictions.joinsEndpoints({ effect, pod, restartsBefore: 0 }),
      },
      fault({ effect: liveness, revertedAtMs: 13_000 }),
      600,
    )
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 1_000 })
  })

  test('late, though before the revert, is told by how much from the receipt', async () => {
    const recording = new FakeRecording(step(95_000, 'held'))
    recording.passUntil(100_000)
    const stage = fakeStage(recording, fault({ effect: liveness, revertedAtMs: 99_000 }))
    const { end } = await claim([], {
      ...{ stage, fromRevert: true },
      predict: () => ({ earliestMs: 0, latestMs: 60_000, because: [] }),
    })
    const last = await end(100_000)
    expect(last).toMatchObject({ verdict: 'violated', measuredMs: 94_000 })
    expect(last.message).toContain('34.0 s too late')
  })
})
