import { expect, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import { hold, type Invariant } from './claim.ts'
import type { Judge } from './judgement.ts'
import { ledgerOf } from './ledger.ts'

const step = (atMs: number, name: string): Observation => ({
  source: 'step',
  atMs,
  untilMs: atMs,
  step: name,
})
const gap = (fromMs: number, atMs: number, watch: 'Pod' | 'Node' = 'Pod'): Observation => ({
  ...{ source: 'gap', fromMs, atMs, watch, reason: 'the resourceVersion had expired' },
})

/** Broken by a step `broken` since the claim's time began. */
const judge: Judge = (timeline, sinceMs) => {
  const since = timeline.of('step').filter(({ fromMs }) => fromMs >= sinceMs)
  if (since.some(({ subject }) => subject === 'unjudgeable')) {
    return { is: 'unjudgeable', detail: 'had no pod that could stay up' }
  }
  const broken = since.find(({ subject }) => subject === 'broken')
  if (broken) return { is: 'broken', atMs: broken.fromMs, detail: 'pod web-2 was deleted' }
  return { is: 'open', lastSeen: 'all 3 pods stayed up' }
}

const fault: FaultRecord = {
  ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 500, revertedAtMs: undefined },
  effect: { does: 'delete-pod', podUid: 'web-1', force: false },
  receipt: { atMs: 1_000, observedBy: 'watch of pods', evidence: 'its deletionTimestamp is set' },
}

async function claim(coming: Observation[], parts: Partial<Invariant> = {}, faults = [fault]) {
  const recording = new FakeRecording(...coming)
  recording.passUntil(1_000)
  const stage = fakeStage(recording, ...faults)
  const common = { statement: 'toStayUp()', subject: 'Deployment/shop/web', promise: 'to stay up', judge }
  await hold({ stage, ...common, rests: ['Pod'], ...parts })
  const ledger = ledgerOf(stage)
  const [entry] = ledger.entries
  if (!entry) throw new Error('the claim was not written down')
  const end = async (atMs: number) => {
    recording.passUntil(atMs)
    await ledger.close()
    return entry.result
  }
  return { result: { ...entry.result }, resolvedMs: recording.now(), end }
}

test('an invariant has its last word at the end, and says over which time it held', async () => {
  const { result, resolvedMs, end } = await claim([])
  expect(resolvedMs).toBe(1_000)
  expect(result).toMatchObject({ verdict: 'inconclusive', sort: 'invariant' })
  expect(result.message).toBe('Deployment/shop/web: was not judged to its end')
  expect(await end(9_000)).toMatchObject({
    verdict: 'passed',
    message: 'Deployment/shop/web: all 3 pods stayed up from 0.50 s to 9.00 s',
    anchor: { event: 'deletePod was injected', atMs: 500 },
  })
})

test('it counts from the first fault on, though a later one was injected before it was claimed', async () => {
  const { result } = await claim([], {}, [{ ...fault, injectedAtMs: 300 }, fault])
  expect(result.anchor?.atMs).toBe(300)
})

test('before any fault it counts from where it was claimed', async () => {
  const { result, end } = await claim([step(900, 'broken')], {}, [])
  expect(result.anchor).toEqual({ event: 'the workload was steady', atMs: 1_000 })
  expect((await end(9_000)).verdict).toBe('passed')
})

test('a broken one is told at once: what was expected from when, and what was seen when', async () => {
  const { result, end } = await claim([step(800, 'broken')])
  const message =
    'Deployment/shop/web: expected to stay up from 0.50 s on, but pod web-2 was deleted at 0.80 s'
  expect(result).toMatchObject({ verdict: 'violated', message, measuredMs: 300 })
  expect(await end(9_000)).toMatchObject({ verdict: 'violated', message })
})

test('one that is broken after it was claimed is told at the end', async () => {
  const { result, end } = await claim([step(8_000, 'broken')])
  expect(result.verdict).toBe('inconclusive')
  expect(await end(9_000)).toMatchObject({ verdict: 'violated', measuredMs: 7_500 })
})

test('what broke before its time began does not count', async () => {
  const { end } = await claim([step(499, 'broken')])
  expect((await end(9_000)).verdict).toBe('passed')
})

test('it watches on for as long as it says, and no longer than it takes to be broken', async () => {
  const holdUntilMs = (last: FaultRecord | undefined) => (last?.receipt?.atMs ?? 0) + 5_000
  expect(await claim([], { holdUntilMs })).toMatchObject({ resolvedMs: 6_000 })
  const broken = await claim([step(4_000, 'broken')], { holdUntilMs })
  expect(broken).toMatchObject({ resolvedMs: 4_000, result: { verdict: 'violated' } })
})

test('a gap leaves one that was not seen to break inconclusive', async () => {
  const { end } = await claim([gap(2_000, 3_000)])
  expect(await end(9_000)).toMatchObject({
    verdict: 'inconclusive',
    message:
      'Deployment/shop/web: the watch of Pod has a gap from 2.00 s to 3.00 s: the resourceVersion had expired',
  })
})

test.each([
  ['before the fault', gap(100, 400)],
  ['of another watch', gap(2_000, 3_000, 'Node')],
])('a gap %s takes nothing from it', async (_, hole) => {
  expect((await (await claim([hole])).end(9_000)).verdict).toBe('passed')
})

test('a gap excuses nothing that was seen to break', async () => {
  const { end } = await claim([gap(2_000, 3_000), step(4_000, 'broken')])
  expect((await end(9_000)).verdict).toBe('violated')
})

test('a subject that cannot be judged is inconclusive', async () => {
  const { result, end } = await claim([step(800, 'unjudgeable')])
  const message = 'Deployment/shop/web: had no pod that could stay up'
  expect(result).toMatchObject({ verdict: 'inconclusive', message })
  expect(await end(9_000)).toMatchObject({ verdict: 'inconclusive', message })
})

test('a record that does not become complete leaves it inconclusive, after a wait', async () => {
  let asked = 0
  const { end } = await claim([], { settled: () => ++asked > 1_000_000 })
  const last = await end(9_000)
  expect(last.verdict).toBe('inconclusive')
  expect(last.message).toContain('the record of the traffic is not complete')
  expect(asked).toBeGreaterThan(100)
})

test('a record that becomes complete is judged then', async () => {
  let asked = 0
  const { end } = await claim([], { settled: () => ++asked > 10 })
  expect((await end(9_000)).message).toContain('from 0.50 s to 9.20 s')
})

test('every claim of a scenario has its last word, in the order in which they were made', async () => {
  const recording = new FakeRecording(step(4_000, 'broken'))
  const stage = fakeStage(recording, fault)
  const common = { stage, promise: 'to stay up', judge, rests: [] }
  await hold({ ...common, statement: 'toStayUp()', subject: 'a' })
  await hold({ ...common, statement: 'toStayUp()', subject: 'b' })
  recording.passUntil(5_000)
  await ledgerOf(stage).close()
  const told = ledgerOf(stage).entries.map(({ result }) => `${result.subject} ${result.verdict}`)
  expect(told).toEqual(['a violated', 'b violated'])
  expect(ledgerOf(fakeStage(recording)).entries).toEqual([])
})
