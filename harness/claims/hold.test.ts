import { describe, expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, gap, pod, replicated, slice, step, watched } from '../timeline/testing.ts'
import { hold, type Invariant } from './claim.ts'
import type { Judge } from './judgement.ts'
import { ledgerOf } from './ledger.ts'

/** Broken by a step `broken` since the claim's time began. */
const judge: Judge = (timeline, sinceMs) => {
  const since = timeline.of('step').filter(({ fromMs }) => fromMs >= sinceMs)
  if (since.some(({ subject }) => subject === 'unjudgeable')) {
    return { is: 'unjudgeable', detail: 'had no pod that could stay up' }
  }
  if (since.some(({ subject }) => subject === 'too slow')) {
    return { is: 'unjudgeable', detail: 'was on a machine too slow', tooSlow: true }
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

const workload = { name: 'web', podSpec: { containers: [] } } as never
/** Of an invariant that does not wait for any damage. */
const atOnce = { holdUntilMs: () => 0 }
/** The endpoint of a deleted pod may stay for a second: an invariant waits longer, for its window is a calm machine's. */
const waitsMs = 3_000

async function claim(coming: Observation[], parts: Partial<Invariant> = {}, faults = [fault]) {
  const recording = new FakeRecording(...coming)
  recording.passUntil(1_000)
  const stage = parts.stage ?? fakeStage(recording, ...faults)
  const common = { statement: 'toStayUp()', subject: 'Deployment/shop/web', promise: 'to stay up', judge }
  await hold({ stage, workload, ...common, rests: ['Pod'], ...parts })
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
  const { result, resolvedMs, end } = await claim([], atOnce)
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
  const { result, resolvedMs, end } = await claim([step(900, 'broken')], { holdUntilMs: () => 5_000 }, [])
  expect(result.anchor).toEqual({ event: 'the claim', atMs: 1_000 })
  expect(resolvedMs).toBe(5_000)
  expect((await end(9_000)).verdict).toBe('passed')
})

test('before any fault it has to say for how long: it would be judged of nothing', async () => {
  await expect(claim([], {}, [])).rejects.toThrow(UsageError)
  await expect(claim([], { holdUntilMs: () => undefined }, [])).rejects.toThrow(
    'Deployment/shop/web: toStayUp() was claimed before any fault was injected, and for no time',
  )
})

test('a broken one is told at once: what was expected from when, and what was seen when', async () => {
  const { result, end } = await claim([step(800, 'broken')])
  const message =
    'Deployment/shop/web: expected to stay up from 0.50 s on, but pod web-2 was deleted at 0.80 s'
  expect(result).toMatchObject({ verdict: 'violated', message, measuredMs: 300 })
  expect(await end(9_000)).toMatchObject({ verdict: 'violated', message })
})

test('one that is broken after it was claimed is told at the end', async () => {
  const { result, end } = await claim([step(8_000, 'broken')], atOnce)
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
  ['in which nothing had changed', { ...gap(2_000, 3_000), unchanged: true } as Observation],
])('a gap %s takes nothing from it', async (_, hole) => {
  expect((await (await claim([hole])).end(9_000)).verdict).toBe('passed')
})

test('what was broken by a clock that was set counts for nothing: its times are none', async () => {
  const { end } = await claim([gap(100, 400, 'clock'), step(2_000, 'broken')])
  expect((await end(9_000)).verdict).toBe('inconclusive')
})

test('what was broken by a node that was short of something counts for nothing', async () => {
  const evicted = watched('Pod', 2_500, pod({ disrupted: 'TerminationByKubelet' }))
  const { end } = await claim([step(2_000, 'broken'), evicted])
  expect(await end(9_000)).toMatchObject({
    verdict: 'inconclusive',
    message: expect.stringContaining('Pod/shop/web-1 was taken away at 2.50 s'),
  })
})

test('a fault that did not stay in place counts for every claim', async () => {
  const { end } = await claim([gap(2_000, 3_000, 'probe')])
  expect((await end(9_000)).message).toContain('the watch of probe has a gap from 2.00 s to 3.00 s')
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
  expect(result.tooSlow).toBeUndefined()
})

test('it says so where the machine alone is to blame', async () => {
  const { end } = await claim([step(800, 'too slow')])
  expect(await end(9_000)).toMatchObject({ verdict: 'inconclusive', tooSlow: true })
})

test('a record that does not become complete leaves it inconclusive, after a wait', async () => {
  let asked = 0
  const { end } = await claim([], { settled: () => ++asked > 1_000_000 })
  const last = await end(9_000)
  expect(last.verdict).toBe('inconclusive')
  expect(last.message).toContain('the record of the traffic is not complete')
  expect(asked).toBeGreaterThan(100)
})

test('a record that becomes complete is judged then, of the time up to the end', async () => {
  const asked: number[] = []
  const settled = (untilMs: number) => asked.push(untilMs) > 10
  const { end } = await claim([step(9_100, 'broken')], { settled })
  expect(asked).toEqual([])
  expect((await end(9_000)).verdict).toBe('violated')
  expect(new Set(asked)).toEqual(new Set([9_000]))
  const well = await claim([], { settled })
  expect((await well.end(9_000)).message).toContain('from 0.50 s to 9.00 s')
})

test('a record that is not complete excuses nothing that was seen to break', async () => {
  const { end } = await claim([step(8_000, 'broken')], { ...atOnce, settled: () => false })
  expect(await end(9_000)).toMatchObject({ verdict: 'violated', measuredMs: 7_500 })
})

test('one that passes in the end was not measured, though it once looked broken', async () => {
  let asked = 0
  const { end } = await claim([], {
    judge: () => (asked++ < 3 ? { is: 'broken', atMs: 700, detail: 'x' } : { is: 'open', lastSeen: 'fine' }),
  })
  const last = await end(9_000)
  expect(last.verdict).toBe('passed')
  expect(last.measuredMs).toBeUndefined()
})

describe('without a time of its own it waits for the damage', () => {
  const shape = {
    ...{ name: 'web', namespace: 'shop', services: [{ name: 'web', selector: { app: 'web' } }] },
    roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }],
  }
  const steady: Observation[] = [
    { source: 'workload', atMs: 1, workload: shape },
    watched('Deployment', 2, replicated('d', 1)),
    watched('ReplicaSet', 2, replicated('rs', 1, 1, 'd')),
    watched('Pod', 3, pod()),
    watched('EndpointSlice', 4, slice('s', [{ of: 'web-1' }])),
  ]
  const hurt = watched('Pod', 1_500, pod({ ready: false }))

  test('and for two seconds more, for what follows it', async () => {
    expect((await claim([...steady, hurt])).resolvedMs).toBe(3_500)
    const broken = await claim([...steady, hurt, step(3_400, 'broken')])
    expect(broken).toMatchObject({ resolvedMs: 3_400, result: { verdict: 'violated' } })
  })

  test('counted from the damage, however late it is claimed', async () => {
    const early = watched('Pod', 600, pod({ ready: false }))
    expect((await claim([...steady, early])).resolvedMs).toBe(2_600)
  })

  test('that the fault did: what was damaged before it, or is steady again, is not asked', async () => {
    const before = [watched('Pod', 100, pod({ ready: false })), watched('Pod', 700, pod()), hurt]
    expect((await claim([...steady, ...before])).resolvedMs).toBe(1_000 + waitsMs + 2_000)
  })

  test('and no longer than it may take to come', async () => {
    expect((await claim(steady)).resolvedMs).toBe(1_000 + waitsMs + 2_000)
    const unseen: FaultRecord = { ...fault, receipt: null }
    expect((await claim(steady, {}, [unseen])).resolvedMs).toBe(500 + waitsMs + 2_000)
  })

  test('but not in a control run, where none will come', async () => {
    const recording = new FakeRecording(...steady)
    recording.passUntil(1_000)
    const stage = { ...fakeStage(recording, fault), control: true }
    await claim([], { stage })
    expect(recording.now()).toBe(1_000)
  })
})

test('every claim of a scenario has its last word, in the order in which they were made', async () => {
  const recording = new FakeRecording(step(4_000, 'broken'))
  const stage = fakeStage(recording, fault)
  const common = { stage, workload, promise: 'to stay up', judge, rests: [] }
  await hold({ ...common, statement: 'toStayUp()', subject: 'a' })
  await hold({ ...common, statement: 'toStayUp()', subject: 'b' })
  recording.passUntil(5_000)
  await ledgerOf(stage).close()
  const told = ledgerOf(stage).entries.map(({ result }) => `${result.subject} ${result.verdict}`)
  expect(told).toEqual(['a violated', 'b violated'])
  expect(ledgerOf(fakeStage(recording)).entries).toEqual([])
})
