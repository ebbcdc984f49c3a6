import { describe, expect, test } from 'vitest'
import { FakeRecording, fakeStage, gap, pod, step, watched } from '../timeline/testing.ts'
import type { Judge } from './judgement.ts'
import { claim, fault, judge, predict } from './testing.ts'

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
