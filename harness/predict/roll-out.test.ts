import { describe, expect, test } from 'vitest'
import type { FaultEffect } from '../model/fault.ts'
import type { Prediction } from '../model/result.ts'
import { predict, type Situation } from './predict.ts'
import { type RollOut, type RollOutTiming, rollOutLimits } from './roll-out.ts'
import { shares } from './shares.ts'
import { sum } from './terms.ts'

const pod = { containers: [{ name: 'app', readinessProbe: { initialDelaySeconds: 4, periodSeconds: 2 } }] }
const rollOutEffect: FaultEffect = { does: 'roll-out', deployment: 'd', oldSet: 'v1', podUids: ['web-1'] }
const scaleEffect = (from: number, to: number): FaultEffect => ({
  ...{ does: 'scale', deployment: 'd', from, to, podUids: [] },
})
const of = (effect: FaultEffect, rollOut: RollOut = {}): Situation => ({
  ...{ effect, pod, restartsBefore: 0, rollOut },
})
const window = (prediction: Prediction | undefined) => [prediction?.earliestMs, prediction?.latestMs]
const rolling = (maxSurge: number | string, maxUnavailable: number | string): RollOutTiming['strategy'] => ({
  ...{ type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
})

/** What the machine takes of a pod's way to its readiness, a relist of a second among it, and of what follows it. */
const step = shares.rollOutStep
const perPod = shares.replacementCreated + shares.sandboxStarts + 1_000 + shares.statusArrives
/** Readiness D=4 P=2: asked at 3 s at best, counted from a whole second; at 6 s at the latest, and once more where that was too early. */
const [readyMs, readyByMs] = [3_000, 8_000]
const after = step + shares.endpointsFollow + 1_000

describe('what a roll-out may add and take', () => {
  test.each<[string, RollOutTiming, [surge: number, unavailable: number]]>([
    ['a quarter each by default: surge up, unavailable down', { replicas: 3 }, [1, 0]],
    ['a quarter of one replica', {}, [1, 0]],
    ['a quarter of four', { replicas: 4 }, [1, 1]],
    ['a quarter of ten', { replicas: 10 }, [3, 2]],
    ['half of five', { replicas: 5, strategy: rolling('50%', '50%') }, [3, 2]],
    ['numbers as they are', { replicas: 5, strategy: rolling(2, 3) }, [2, 3]],
    ['one that may be missing where both are 0', { replicas: 5, strategy: rolling(0, '0%') }, [0, 1]],
    ['one where both round to 0', { replicas: 3, strategy: rolling(0, '25%') }, [0, 1]],
    ['no more than there are', { replicas: 2, strategy: rolling(0, 5) }, [0, 2]],
    ['all, by Recreate', { replicas: 4, strategy: { type: 'Recreate' } }, [0, 4]],
  ])('%s', (_, timing, [surge, unavailable]) => {
    expect(rollOutLimits(timing)).toMatchObject({ surge, unavailable })
  })
})

describe('a roll-out', () => {
  test.each<[string, RollOut, waves: number]>([
    ['of one replica', {}, 1],
    ['of three, one by one', { replicas: 3 }, 3],
    ['of four, two at a time', { replicas: 4 }, 2],
    ['of five, two at a time', { replicas: 5, strategy: rolling(1, 1) }, 3],
    ['of none', { replicas: 0 }, 0],
  ])('%s has as many waves as it takes', (_, rollOut, waves) => {
    const [earliestMs, latestMs] = window(predict.rollsOut(of(rollOutEffect, rollOut)))
    expect(earliestMs).toBe(waves * readyMs)
    expect(latestMs).toBe(waves * (step + perPod + readyByMs) + after)
  })

  test('names its waves, and where each time comes from', () => {
    const { because = [] } = predict.rollsOut(of(rollOutEffect, { replicas: 3 })) ?? {}
    expect(because.slice(0, 2).map(({ term }) => term)).toEqual([
      '3 waves of new pods, 1 at a time (maxSurge 1, maxUnavailable 0)',
      '3 times: the Deployment gives its ReplicaSets their sizes',
    ])
    expect(because.filter(({ source }) => !source)).toEqual([])
    const single = predict.rollsOut(of(rollOutEffect, { replicas: 1 }))?.because[0]
    expect(single?.term).toBe('the Deployment gives its ReplicaSets their sizes')
  })

  test('waits for minReadySeconds in each wave, which are counted from a whole second', () => {
    const [earliestMs, latestMs] = window(
      predict.rollsOut(of(rollOutEffect, { replicas: 2, minReadySeconds: 10 })),
    )
    expect(earliestMs).toBe(2 * (readyMs + 9_000))
    expect(latestMs).toBe(2 * (step + perPod + readyByMs + 11_000) + after)
  })

  test('by Recreate waits for the end of the old pods, and makes all new ones at once', () => {
    const old = {
      terminationGracePeriodSeconds: 5,
      containers: [{ name: 'app', lifecycle: { preStop: { sleep: { seconds: 3 } } } }],
    }
    const recreated = { replicas: 4, strategy: { type: 'Recreate' }, old }
    const [earliestMs, latestMs] = window(predict.rollsOut(of(rollOutEffect, recreated)))
    expect(earliestMs).toBe(3_000 + readyMs)
    const stopped = 7_000 + shares.runtimeEnds + 1_000 + shares.statusArrives
    expect(latestMs).toBe(stopped + step + perPod + readyByMs + after)
    expect(window(predict.rollsOut(of(rollOutEffect, { ...recreated, strategy: undefined })))[0]).toBe(
      2 * readyMs,
    )
  })

  test('that goes back needs new pods only for those that are missing, and may need none', () => {
    const back = (kept: number) => window(predict.rollsOut(of(rollOutEffect, { replicas: 4, kept })))
    expect(back(4)).toEqual([0, after])
    expect(back(2)).toEqual([0, step + perPod + readyByMs + after])
    expect(back(1)).toEqual([0, 2 * (step + perPod + readyByMs) + after])
  })

  test('is what a workload recovers from, and may take any of its pods from the endpoints', () => {
    const situation = of(rollOutEffect, { replicas: 3 })
    expect(predict.recovers(situation)).toEqual(predict.rollsOut(situation))
    const latestMs = predict.rollsOut(situation)?.latestMs
    expect(window(predict.leavesEndpoints(situation))).toEqual([0, latestMs])
    expect(predict.rollsOut(of(scaleEffect(1, 2)))).toBeUndefined()
  })

  test('needs as long as the pods before it did', () => {
    const slow = { ...of(rollOutEffect), readyTookMs: 20_000 }
    const longer =
      (predict.rollsOut(slow)?.latestMs ?? 0) - (predict.rollsOut(of(rollOutEffect))?.latestMs ?? 0)
    expect(longer).toBe(20_000 - readyByMs + 2_000)
  })

  test('waits for no probe that there is none of', () => {
    const bare = { ...of(rollOutEffect), pod: { containers: [{ name: 'app' }] } }
    const tookMs = (readyTookMs: number) => predict.rollsOut({ ...bare, readyTookMs })?.latestMs ?? 0
    expect(tookMs(300) - tookMs(0)).toBe(300)
  })
})

describe('a roll-out that makes no progress', () => {
  const told = (progressDeadlineSeconds?: number) =>
    predict.stalls(of(rollOutEffect, { replicas: 3, progressDeadlineSeconds }))
  const seen = step + shares.replacementCreated + shares.statusArrives

  test.each([
    [15, 14_000, 15_000],
    [undefined, 599_000, 600_000],
  ])('is told so after progressDeadlineSeconds %s', (seconds, earliestMs, latestMs) => {
    expect(window(told(seconds))).toEqual([earliestMs, latestMs + 1_000 + seen])
  })

  test('is never told so without a deadline, and nothing else is', () => {
    expect(told(2_147_483_647)).toBeUndefined()
    expect(predict.stalls(of(scaleEffect(1, 2)))).toBeUndefined()
  })
})

describe('another number of replicas', () => {
  test('makes all new pods at once', () => {
    const up = predict.recovers(of(scaleEffect(2, 8), { replicas: 8, minReadySeconds: 3 }))
    expect(window(up)).toEqual([
      readyMs + 2_000,
      step + perPod + readyByMs + 4_000 + shares.endpointsFollow + 1_000,
    ])
    expect(predict.leavesEndpoints(of(scaleEffect(2, 8)))).toBeUndefined()
  })

  test('lets pods go at once, whatever they need to stop', () => {
    const down = predict.recovers(of(scaleEffect(8, 2)))
    expect(window(down)).toEqual([0, after])
    expect(predict.leavesEndpoints(of(scaleEffect(8, 2)))).toEqual(down)
  })
})

test('each window is the sum of its terms', () => {
  for (const prediction of [
    predict.rollsOut(of(rollOutEffect, { replicas: 5, minReadySeconds: 1 })),
    predict.stalls(of(rollOutEffect)),
    predict.recovers(of(scaleEffect(1, 2))),
  ]) {
    expect(window(sum(prediction?.because ?? []))).toEqual(window(prediction))
  }
})
