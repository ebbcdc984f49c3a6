import { describe, expect, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { NoiseObservation, Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, gap, step, timelineOf } from '../timeline/testing.ts'
import { type Response, respond } from './claim.ts'
import type { Judge } from './judgement.ts'
import { allowanceFor, machineShare, waitWithAllowance } from './late.ts'
import { ledgerOf } from './ledger.ts'

const beat = (atMs: number, ms: number): NoiseObservation => ({
  ...{ source: 'noise', atMs, apiMs: ms, watchMs: ms },
})
/** Beats every two seconds, each of which took so long: 500 ms is twice as slow as calm. */
const beats = (fromMs: number, toMs: number, ms: number) =>
  Array.from({ length: Math.floor((toMs - fromMs) / 2_000) + 1 }, (_, n) => beat(fromMs + n * 2_000, ms))

describe('the allowance', () => {
  const limit = { anchorMs: 1_000, latestMs: 10_000, machineMs: 4_000, nowMs: 100_000 }
  const allowance = (...noise: NoiseObservation[]) => allowanceFor(timelineOf(...noise), limit)

  test('is nothing where nothing was measured, and on a calm machine', () => {
    expect(allowance()).toEqual({ ms: 0, beyondJudging: false, because: '' })
    expect(allowance(...beats(0, 60_000, 300))).toMatchObject({ ms: 0, beyondJudging: false })
  })

  test("is the machine's share once more for each time that it was slower, with the figures", () => {
    expect(allowance(...beats(0, 60_000, 500))).toEqual({
      ...{ ms: 4_000, beyondJudging: false },
      because: 'API writes took 500 ms (p90), watch events 500 ms',
    })
    expect(allowance(...beats(0, 60_000, 2_000)).ms).toBe(28_000)
  })

  test('does not count what was before the anchor, or after what it gives', () => {
    expect(allowance(beat(-5_000, 2_000), ...beats(0, 60_000, 15)).ms).toBe(0)
    expect(allowance(...beats(0, 11_000, 15), ...beats(12_000, 60_000, 2_000)).ms).toBe(0)
    expect(allowance(...beats(0, 15_000, 500), ...beats(16_000, 60_000, 2_000)).ms).toBe(4_000)
  })

  test('grows where the time that it gives was slower still', () => {
    expect(allowance(...beats(0, 11_000, 500), ...beats(12_000, 60_000, 1_000)).ms).toBe(12_000)
  })

  test('does not grow for ever: it is looked at three times', () => {
    const worse = beats(0, 200_000, 0).map(({ atMs }) => beat(atMs, 500 + atMs / 20))
    expect(allowance(...worse)).toMatchObject({ ms: 26_400, beyondJudging: false })
  })

  test('is the time in which nothing came through where that is longer', () => {
    const longer = { ...limit, latestMs: 60_000 }
    const noise = [...beats(0, 48_000, 15), beat(50_000, 5_000), ...beats(56_000, 80_000, 15)]
    expect(allowanceFor(timelineOf(...noise), longer)).toMatchObject({ ms: 5_000, beyondJudging: false })
    expect(allowance(...beats(0, 6_000, 15), beat(8_000, 3_000), ...beats(12_000, 30_000, 15)).ms).toBe(
      36_000,
    )
  })

  test('of a machine ten times slower is beyond judging', () => {
    expect(allowance(...beats(0, 200_000, 2_400)).beyondJudging).toBe(false)
    expect(allowance(...beats(0, 200_000, 2_500)).beyondJudging).toBe(true)
  })

  test('is two minutes at most: what would take longer is beyond judging too', () => {
    const slow = (machineMs: number) =>
      allowanceFor(timelineOf(...beats(0, 400_000, 1_250)), { ...limit, machineMs })
    expect(slow(30_000)).toMatchObject({ ms: 120_000, beyondJudging: false })
    expect(slow(31_000)).toMatchObject({ ms: 120_000, beyondJudging: true })
  })
})

describe("the machine's share of a limit", () => {
  const because = [
    { term: 'two periods', ms: 6_000, kubernetes: true },
    { term: 'the container starts', ms: 3_000 },
    { term: 'the status arrives', ms: 1_000, kubernetes: false },
  ]
  const predicted = { earliestMs: 0, latestMs: 10_000, because }

  test('is what Kubernetes does not set itself', () => {
    expect(machineShare(predicted, undefined)).toBe(4_000)
  })

  test('is no more than the whole of a limit that the scenario gave', () => {
    expect(machineShare(predicted, 20_000)).toBe(4_000)
    expect(machineShare(predicted, 1_500)).toBe(1_500)
  })

  test('is a quarter of it where nothing is predicted', () => {
    expect(machineShare(undefined, 8_000)).toBe(2_000)
  })
})

describe('waiting with an allowance', () => {
  async function waited(allowances: number[], foundAtMs = Number.POSITIVE_INFINITY) {
    const untils: number[] = []
    const wait = async (untilMs: number) => {
      untils.push(untilMs)
      return foundAtMs <= untilMs ? 'found' : undefined
    }
    const next = () => ({ ms: allowances.shift() ?? 0, beyondJudging: false, because: '' })
    return { found: await waitWithAllowance(wait, 1_000, next), untils }
  }

  test('ends at the limit where nothing is allowed', async () => {
    expect(await waited([0])).toEqual({ found: undefined, untils: [1_000] })
  })

  test('goes on while more is allowed, by a tenth at least', async () => {
    expect(await waited([500, 800, 870])).toEqual({ found: undefined, untils: [1_000, 1_500, 1_800] })
  })

  test('ends with what is found', async () => {
    expect(await waited([500, 800], 1_200)).toEqual({ found: 'found', untils: [1_000, 1_500] })
  })
})

/** Holds from a step `held` on, no longer than to a step `lost`, and is broken by a step `broken`. */
const judge: Judge = (timeline, sinceMs) => {
  const steps = timeline.of('step').filter(({ fromMs }) => fromMs >= sinceMs)
  const broken = steps.find(({ subject }) => subject === 'broken')
  if (broken) return { is: 'broken', atMs: broken.fromMs, detail: 'it did it twice' }
  const last = steps.at(-1)
  return last?.subject === 'held'
    ? { is: 'held', atMs: last.fromMs, detail: 'did it' }
    : { is: 'open', lastSeen: 'it had not' }
}

const fault: FaultRecord = {
  ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 1_000, revertedAtMs: undefined },
  effect: { does: 'delete-pod', podUid: 'web-1', force: false },
  receipt: { atMs: 1_000, observedBy: 'watch of pods', evidence: 'its deletionTimestamp is set' },
}

/** Due by 11.0 s; four seconds of it are the machine's. */
const predict = () => ({
  ...{ earliestMs: 2_000, latestMs: 10_000 },
  because: [
    { term: 'two periods', earliestMs: 2_000, ms: 6_000, kubernetes: true },
    { term: 'the container starts', earliestMs: 0, ms: 4_000 },
  ],
})

/** Claims at `claimedMs` on a recording of these, in the order of their arrival. */
async function claim(
  coming: Observation[],
  parts: Partial<Response> & { control?: boolean; claimedMs?: number } = {},
) {
  const { control = false, claimedMs = 0, ...rest } = parts
  const recording = new FakeRecording(...coming)
  recording.passUntil(claimedMs)
  const stage = { ...fakeStage(recording, fault), control }
  const common = { statement: 'toDoIt()', subject: 'Pod/shop/web-1', promise: 'to do it', judge, predict }
  await respond({ ...common, rests: ['Pod'], ...rest, stage })
  const [entry] = ledgerOf(stage).entries
  if (!entry) throw new Error('the claim was not written down')
  const end = async (atMs: number) => {
    recording.passUntil(atMs)
    await ledgerOf(stage).close()
    return entry.result
  }
  return { result: { ...entry.result }, resolvedMs: recording.now(), end }
}

const sorted = (...observations: Observation[]) => observations.toSorted((a, b) => a.atMs - b.atMs)
/** Twice as slow as a calm machine, which makes four seconds more. */
const busy = beats(0, 100_000, 500)
const calm = beats(0, 100_000, 15)
const beyond = Array.from({ length: 30 }, (_, n) => beat(n * 3_000, 3_000))
const expected = 'Pod/shop/web-1: expected to do it within 10.0 s of deletePod landed (by 11.00 s)'
const figures = 'API writes took 500 ms (p90), watch events 500 ms'

describe('late on a slow machine', () => {
  test('is inconclusive where it comes in the time that the machine was given, with the figures', async () => {
    const { result, resolvedMs, end } = await claim(sorted(...busy, step(11_800, 'held')))
    expect(resolvedMs).toBe(11_800)
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      timing: 'late',
      measuredMs: 10_800,
      tooSlow: true,
    })
    expect(result.message).toBe(
      `${expected}, but did it only at 11.80 s, after 10.8 s: 800 ms too late, but this machine was too slow to judge: ${figures}`,
    )
    expect(await end(60_000)).toEqual(result)
  })

  test('is violated at the end of that time, which the message names', async () => {
    const { result, resolvedMs, end } = await claim(busy)
    expect(resolvedMs).toBe(15_000)
    expect(result).toMatchObject({ verdict: 'violated', timing: 'late' })
    expect(result.message).toBe(
      `${expected}, but it had not at 15.00 s, past the 4.0 s more that a slow machine was given: ${figures}`,
    )
    expect((await end(60_000)).verdict).toBe('violated')
  })

  test.each([
    [15_000, 'inconclusive'],
    [15_001, 'violated'],
  ])('is judged by when it came, however late it is claimed: at %i ms it is %s', async (atMs, verdict) => {
    const { result, resolvedMs } = await claim(sorted(...busy, step(atMs, 'held')), { claimedMs: 40_000 })
    expect(resolvedMs).toBe(40_000)
    expect(result).toMatchObject({ verdict, timing: 'late' })
  })

  test('is waited for as long as the machine gets slower', async () => {
    const noise = [...beats(0, 11_000, 375), ...beats(12_000, 60_000, 750)]
    const { result, resolvedMs } = await claim(sorted(...noise, step(16_000, 'held')))
    expect(resolvedMs).toBe(16_000)
    expect(result.verdict).toBe('inconclusive')
    expect((await claim(noise)).resolvedMs).toBe(19_000)
  })

  test('beyond judging is inconclusive even where it never comes', async () => {
    const { result, end } = await claim(beyond)
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'late' })
    expect(result.message).toMatch(
      /but it had not at [\d.]+ s; this machine was too slow to judge: API writes took 3\.0 s \(p90\)/,
    )
    expect(result.measuredMs).toBeUndefined()
    expect((await end(200_000)).verdict).toBe('inconclusive')
  })

  test('is waited for while a beat is out that would have been over on a calm machine', async () => {
    const noise = [...beats(0, 6_000, 15), beat(13_000, 15)]
    const { result, resolvedMs } = await claim(sorted(...noise, step(12_900, 'held')))
    expect(resolvedMs).toBe(12_900)
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'late' })
  })
})

describe('noise leaves alone', () => {
  test('what came in time', async () => {
    const { result, end } = await claim(sorted(...beyond, step(6_000, 'held')))
    expect(result).toMatchObject({ verdict: 'passed', timing: 'inside', measuredMs: 5_000 })
    expect((await end(60_000)).verdict).toBe('passed')
  })

  test('what came too early, but for blaming the machine', async () => {
    const { result } = await claim(sorted(...beyond, step(1_500, 'held')))
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'early' })
    expect(result.message).toContain('something else did it, or this machine was too slow: API writes took')
    const onCalm = (await claim(sorted(...calm, step(1_500, 'held')))).result
    expect(onCalm.message).toMatch(/something else did it$/)
    expect([result.tooSlow, onCalm.tooSlow]).toEqual([true, undefined])
  })

  test.each([6_000, 14_000])('what is broken, in its window or after it: at %i ms', async (atMs) => {
    const { result, resolvedMs } = await claim(sorted(...beyond, step(atMs, 'broken')))
    expect(resolvedMs).toBe(atMs)
    expect(result.verdict).toBe('violated')
    expect(result.message).not.toContain('slow')
  })

  test('what is late on a calm machine', async () => {
    const { result, resolvedMs } = await claim(calm)
    expect(resolvedMs).toBe(11_000)
    expect(result).toMatchObject({ verdict: 'violated', message: `${expected}, but it had not at 11.00 s` })
  })

  test('a control run, where nothing was hurt', async () => {
    const { result, resolvedMs } = await claim(beyond, { control: true })
    expect(resolvedMs).toBe(11_000)
    expect(result).toMatchObject({ verdict: 'violated', message: `${expected}, but it had not at 11.00 s` })
  })

  test('a gap, which is told in its place', async () => {
    const { result } = await claim(sorted(...busy, gap(2_000, 3_000)))
    expect(result).toMatchObject({ verdict: 'inconclusive' })
    expect(result.message).toContain('the watch of Pod has a gap')
  })
})

describe('a limit that the scenario gave', () => {
  test("is extended by the prediction's share of the machine, and by no more than the limit", async () => {
    const within = '3s'
    expect((await claim(busy, { within })).resolvedMs).toBe(7_000)
    const { result } = await claim(sorted(...busy, step(5_500, 'held')), { within })
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'late', within: 3_000 })
    expect(result.message).toContain('1.5 s too late, but this machine was too slow to judge')
  })

  test('is extended by a quarter where nothing is predicted', async () => {
    const { result, resolvedMs } = await claim(busy, { within: '8s', predict: () => undefined })
    expect(resolvedMs).toBe(11_000)
    expect(result.verdict).toBe('violated')
  })

  test('holds on a calm machine', async () => {
    const { result, resolvedMs } = await claim(sorted(...calm, step(4_001, 'held')), { within: '3s' })
    expect(resolvedMs).toBe(4_000)
    expect(result.verdict).toBe('violated')
  })
})

describe('what has to last', () => {
  const lastsMs = 1_000

  test('may be lost and come again in the time that the machine was given', async () => {
    const coming = sorted(...busy, step(10_500, 'held'), step(10_800, 'lost'), step(13_000, 'held'))
    const { result, resolvedMs, end } = await claim(coming, { lastsMs })
    expect(resolvedMs).toBe(14_000)
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'late', measuredMs: 12_000 })
    expect((await end(60_000)).verdict).toBe('inconclusive')
  })

  test('and came late is violated where it is lost by the end', async () => {
    const coming = sorted(...busy, step(13_000, 'held'), step(40_000, 'lost'))
    const { result, end } = await claim(coming, { lastsMs })
    expect(result.verdict).toBe('inconclusive')
    const last = await end(60_000)
    expect(last).toMatchObject({ verdict: 'violated' })
    expect(last.message).toBe(`${expected}, but it had not at 60.00 s`)
  })

  test('is inconclusive where it is lost on a machine beyond judging', async () => {
    const coming = sorted(
      ...beats(0, 19_000, 15),
      ...Array.from({ length: 20 }, (_, n) => beat(20_000 + n * 3_000, 3_000)),
      ...[step(6_000, 'held'), step(40_000, 'lost')],
    )
    const { result, end } = await claim(coming, { lastsMs })
    expect(result.verdict).toBe('passed')
    const last = await end(60_000)
    expect(last.verdict).toBe('inconclusive')
    expect(last.message).toContain(
      'it had not at 60.00 s; this machine was too slow to judge: API writes took',
    )
  })
})

describe('the last word', () => {
  test('excuses what was late when the machine is known to have been slow only afterwards', async () => {
    const before = beats(900, 9_000, 15)
    // It was sent before the window's end, and answered after it.
    const { result, end } = await claim([...before, step(12_000, 'held'), beat(10_900, 3_000)])
    expect(result).toMatchObject({ verdict: 'violated', timing: 'late' })
    const last = await end(20_000)
    expect(last).toMatchObject({ verdict: 'inconclusive', timing: 'late', measuredMs: 11_000 })
    expect(last.message).toContain('1.0 s too late, but this machine was too slow to judge')
  })

  test('lets pass what was in time, and only learnt of later', async () => {
    const { result, end } = await claim([...beats(900, 9_000, 15), step(12_000, 'on'), step(10_500, 'held')])
    expect(result.verdict).toBe('violated')
    expect(await end(20_000)).toMatchObject({ verdict: 'passed', timing: 'inside', measuredMs: 9_500 })
  })

  test('does not excuse what came past what the machine was given', async () => {
    const { result, end } = await claim(sorted(...busy, step(30_000, 'held')))
    expect(result.verdict).toBe('violated')
    const last = await end(60_000)
    expect(last).toMatchObject({ verdict: 'violated', measuredMs: 29_000 })
    expect(last.message).toMatch(/; it came 19\.0 s too late, at 30\.00 s$/)
  })

  test('tells when it came after all, and makes nothing pass', async () => {
    const { end, resolvedMs } = await claim(sorted(...beyond, step(89_900, 'held')))
    expect(resolvedMs).toBeLessThan(89_900)
    const last = await end(90_000)
    expect(last).toMatchObject({ verdict: 'inconclusive', timing: 'late', measuredMs: 88_900 })
    expect(last.message).toMatch(/; it came 78\.9 s too late, at 89\.90 s$/)
  })

  test.each([
    ['came late', [...busy, step(12_000, 'held'), step(50_000, 'broken')]],
    ['never came', [...beyond, step(88_000, 'broken')]],
  ])('is violated where what %s is broken by then', async (_, coming) => {
    const { result, end } = await claim(sorted(...coming))
    expect(result.verdict).toBe('inconclusive')
    const last = await end(90_000)
    expect(last).toMatchObject({ verdict: 'violated' })
    expect(last.message).toContain('but it did it twice')
  })
})
