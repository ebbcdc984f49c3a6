import { describe, expect, test } from 'vitest'
import { leftOut } from '../model/fault.ts'
import type { FaultObservation, NoiseObservation } from '../model/observation.ts'
import { noiseSummary, slowdown, slowdownOfNodes } from './noise.ts'
import { timelineOf } from './testing.ts'

const beat = (atMs: number, parts: Partial<NoiseObservation> = {}): NoiseObservation => ({
  ...{ source: 'noise', atMs, apiMs: 15, watchMs: 18 },
  ...parts,
})
/** Beats every two seconds from the scenario's zero, each with one of these answers. */
const answers = (...ms: number[]) => ms.map((apiMs, n) => beat(n * 2_000, { apiMs, watchMs: apiMs }))
const over = (fromMs: number, toMs: number, ...beats: NoiseObservation[]) =>
  slowdown(timelineOf(...beats), fromMs, toMs)

describe('how much slower than a calm machine', () => {
  test('where nothing was measured it is not slower, and there is nothing to tell', () => {
    expect(over(0, 10_000)).toEqual({ factor: 1, stalledMs: 0, because: '' })
  })

  test('what answers at once is calm, and its figures are told all the same', () => {
    expect(over(0, 4_000, ...answers(15, 20, 18))).toEqual({
      ...{ factor: 1, stalledMs: 0 },
      because: 'API writes took 20 ms (p90), watch events 20 ms',
    })
  })

  test('a little slower than calm counts as calm, more does not', () => {
    expect(over(0, 2_000, ...answers(310, 310)).factor).toBe(1)
    expect(over(0, 2_000, ...answers(325, 325)).factor).toBe(1.3)
  })

  test('nine in ten writes count: one in ten may be slow', () => {
    const ten = [1_000, 20, 20, 20, 20, 20, 20, 20, 20, 20]
    expect(over(0, 18_000, ...answers(...ten)).factor).toBe(1)
    expect(over(0, 18_000, ...answers(1_000, ...ten.slice(0, 9))).factor).toBe(4)
  })

  test('a slow watch counts as a slow write does', () => {
    const slow = over(0, 1_000, beat(0, { watchMs: 500 }))
    expect(slow).toMatchObject({
      factor: 2,
      because: 'API writes took 15 ms (p90), watch events 500 ms',
    })
  })

  test('tasks that wait for a CPU count once they wait more than they do on calm machines, by the median', () => {
    const waiting = (...shares: number[]) =>
      over(0, 60_000, ...shares.map((cpuWaiting, n) => beat(n * 2_000, { cpuWaiting })))
    expect(waiting(0.9, 0.9, 0.9).factor).toBe(1)
    expect(waiting(0.99, 0.9, 0.2).factor).toBe(1)
    const busy = waiting(0.2, 0.95, 0.97)
    expect(busy.factor).toBeCloseTo(2)
    expect(busy.because).toMatch(/, tasks waited for a CPU 95 % of the time$/)
  })

  test('so do more tasks for each CPU than calm machines have, by the upper quartile', () => {
    const queued = (...queues: number[]) =>
      over(0, 60_000, ...queues.map((cpuQueue, n) => beat(n * 2_000, { cpuQueue })))
    expect(queued(9.9, 9.9).factor).toBe(1)
    expect(queued(20, 8, 8, 8).factor).toBe(1)
    const busy = queued(2, 2, 12, 20)
    expect(busy.factor).toBe(1.5)
    expect(busy.because).toMatch(/, 12\.0 tasks for each CPU$/)
  })

  test('with twice as many as that, nothing that is late is judged', () => {
    expect(over(0, 1_000, beat(0, { cpuQueue: 15.9 })).factor).toBeCloseTo(1.99)
    expect(over(0, 1_000, beat(0, { cpuQueue: 16 })).factor).toBe(10)
  })

  test('the largest of the four counts', () => {
    const parts = { apiMs: 1_000, watchMs: 1_500, cpuWaiting: 0.95, cpuQueue: 7 }
    expect(over(0, 1_000, beat(0, parts)).factor).toBe(6)
    expect(over(0, 1_000, beat(0, { ...parts, cpuQueue: 56 })).factor).toBe(10)
  })

  test('there is an end to it', () => {
    expect(over(0, 1_000, beat(0, { cpuWaiting: 1 })).factor).toBe(10)
    expect(over(0, 1_000, beat(0, { apiMs: 2_499 })).factor).toBeLessThan(10)
    expect(over(0, 1_000, beat(0, { apiMs: 2_500 })).factor).toBe(10)
  })

  test('an event that never came was waited for', () => {
    const { because, stalledMs } = over(0, 1_000, { source: 'noise', atMs: 0, apiMs: 15 })
    expect(because).toContain('watch events 10.0 s')
    expect(stalledMs).toBe(10_000)
  })
})

describe('the stretch of time that is asked for', () => {
  const beats = answers(1_000, 15, 15, 1_000)

  test('leaves out the beats before and after it', () => {
    expect(over(2_001, 5_999, ...beats).factor).toBe(1)
    expect(over(2_001, 6_000, ...beats).factor).toBe(4)
  })

  test('takes in the beat before it, which stands for the time until the next', () => {
    expect(over(1_500, 1_800, ...beats).factor).toBe(4)
  })

  test('takes in a beat that was sent long before it and was still out', () => {
    expect(over(5_000, 6_000, beat(0, { apiMs: 7_000 })).factor).toBe(10)
  })
})

describe('a beat that is still out', () => {
  test('counts with what it has taken so far, from when it was due', () => {
    const { factor, because } = over(0, 5_000, ...answers(15, 15))
    expect(factor).toBe(4)
    expect(because).toBe('API writes took 1.0 s (p90), watch events 1.0 s')
  })

  test('was due once the one before it was over', () => {
    expect(over(3_500, 5_000, beat(0, { apiMs: 3_000 })).factor).toBe(8)
  })

  test('is no news until it takes longer than on a calm machine', () => {
    expect(over(0, 4_240, ...answers(15, 15)).because).toContain('15 ms')
  })

  test('is none where nobody has measured for longer than a beat may take', () => {
    expect(over(0, 23_000, ...answers(15, 15)).factor).toBe(10)
    expect(over(0, 25_000, ...answers(15, 15)).factor).toBe(1)
  })
})

describe('a time in which nothing came through', () => {
  const calm = Array.from({ length: 30 }, (_, n) => beat(n * 2_000))

  test('is told though most beats were calm', () => {
    const stalled = [...calm, beat(60_000, { apiMs: 4_000, watchMs: 5_000 }), beat(65_000)]
    expect(over(0, 66_000, ...stalled)).toEqual({
      ...{ factor: 1, stalledMs: 5_000 },
      because: 'API writes took 15 ms (p90), watch events 18 ms, nothing came through for 5.0 s',
    })
  })

  test('begins no sooner than the stretch that is asked for', () => {
    expect(over(1_500, 5_000, beat(0, { apiMs: 6_000 })).stalledMs).toBe(4_500)
  })

  test('is not made of slow beats', () => {
    expect(over(0, 4_000, ...answers(2_400, 2_400)).stalledMs).toBe(0)
  })
})

describe('on the nodes, while a fault keeps the API server away', () => {
  const stop = (target: string, atMs: number, phase: FaultObservation['phase'], evidence?: string) => ({
    ...{ source: 'fault' as const, atMs, fault: 0, phase, lasting: true, kind: 'stopControlPlane', target },
    ...(evidence && { evidence }),
  })
  const onNodes = (...seen: Parameters<typeof timelineOf>) => slowdownOfNodes(timelineOf(...seen), 0, 30_000)
  const away = { apiMs: 10_000, watchMs: 10_000, cpuWaiting: 0.95, cpuQueue: 4 }
  const outage = (target: string, evidence?: string) => [
    ...[beat(0), beat(2_000), stop(target, 5_000, 'injecting'), stop(target, 9_000, 'landed', evidence)],
    ...[beat(4_000, away), stop(target, 15_000, 'reverted'), beat(14_000, away)],
    ...[beat(24_000, { apiMs: 4_000 }), beat(28_000), beat(30_000)],
  ]
  const waited = 'tasks waited for a CPU 95 % of the time, 4.0 tasks for each CPU'

  test('beats that it has spoilt tell of the CPUs alone, until the first that is answered', () => {
    expect(onNodes(...outage('kube-apiserver'))).toEqual({
      ...{ factor: expect.closeTo(2), stalledMs: 0 },
      because: `API writes took 15 ms (p90), watch events 18 ms, ${waited}`,
    })
    expect(slowdown(timelineOf(...outage('kube-apiserver')), 0, 30_000)).toMatchObject({
      ...{ factor: 10, stalledMs: 24_000 },
    })
  })

  test('one that is still out is spoilt, too, and there may be no other', () => {
    const begun = [stop('kube-apiserver', 500, 'injecting'), stop('kube-apiserver', 550, 'landed')]
    const since = [...begun, beat(600, { apiMs: 10_000 })]
    expect(onNodes(...since)).toEqual({ factor: 1, stalledMs: 0, because: '' })
    const reverted = stop('kube-apiserver', 11_000, 'reverted')
    expect(onNodes(...since, reverted, beat(11_500, { apiMs: 10_000 }))).toMatchObject({ factor: 1 })
  })

  test('nothing is spoilt by another component, nor once it is back', () => {
    expect(onNodes(...outage('kube-scheduler')).factor).toBe(10)
    const after = [...outage('kube-apiserver'), beat(30_000, { apiMs: 3_000 })]
    expect(onNodes(...after)).toMatchObject({ stalledMs: 3_000 })
  })

  test('nothing is spoilt by a fault that never landed, or was left out', () => {
    const refused = outage('kube-apiserver').filter(
      (seen) => seen.source !== 'fault' || seen.phase === 'injecting',
    )
    expect(onNodes(...refused).factor).toBe(10)
    expect(onNodes(...outage('kube-apiserver', leftOut)).factor).toBe(10)
  })
})

describe('the summary of a scenario', () => {
  test('is left out where nothing was measured', () => {
    expect(noiseSummary(timelineOf())).toBeUndefined()
  })

  test('is made of every beat', () => {
    const beats = [
      beat(0, { apiMs: 40, watchMs: 60 }),
      beat(2_000, { apiMs: 10, watchMs: 12, cpuWaiting: 0.5 }),
      beat(4_000, { apiMs: 30, watchMs: 30, cpuWaiting: 0.25, cpuQueue: 1.5 }),
    ]
    expect(noiseSummary(timelineOf(...beats))).toEqual({
      samples: 3,
      apiMs: { p50: 30, max: 40 },
      watchMs: { p50: 30, max: 60 },
      cpuWaiting: { p50: 0.25, max: 0.5 },
      cpuQueue: { p50: 1.5, max: 1.5 },
    })
  })

  test('counts an event that never came, and leaves out the CPU where no node told of it', () => {
    expect(noiseSummary(timelineOf({ source: 'noise', atMs: 0, apiMs: 10_000 }))).toEqual({
      samples: 1,
      apiMs: { p50: 10_000, max: 10_000 },
      watchMs: { p50: 10_000, max: 10_000 },
    })
  })
})
