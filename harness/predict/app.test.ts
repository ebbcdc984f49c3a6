import { describe, expect, test } from 'vitest'
import type { AppTiming, FaultEffect } from '../model/fault.ts'
import type { Prediction } from '../model/result.ts'
import { predict, type Situation } from './predict.ts'
import { shares } from './shares.ts'
import type { ContainerTiming, PodTiming } from './spec.ts'

const rolledOut = (app?: AppTiming): FaultEffect => ({
  ...{ does: 'roll-out', deployment: 'd', oldSet: 'v1', podUids: ['web-1'], ...(app && { app }) },
})
const textbook: ContainerTiming = {
  name: 'webapl',
  livenessProbe: { initialDelaySeconds: 3, periodSeconds: 5 },
  readinessProbe: { initialDelaySeconds: 15, periodSeconds: 6 },
}
const podOf = (...containers: ContainerTiming[]): PodTiming => ({
  ...{ containers, terminationGracePeriodSeconds: 5 },
})
const of = (app?: AppTiming, pod = podOf(textbook)): Situation => ({
  ...{ effect: rolledOut(app), pod, restartsBefore: 4 },
})
const window = (prediction: Prediction | undefined) => [prediction?.earliestMs, prediction?.latestMs]

const relist = 1_000
/** From the new ReplicaSet to the container's start, as the kubelet knows it. */
const starts = shares.replacementCreated + shares.sandboxStarts + relist
const ended = shares.runtimeEnds + relist + shares.statusArrives
const again = shares.containerStart + relist

describe('an app that falls ill by itself', () => {
  test('is restarted when its liveness has failed so often; seen at 56 to 57 s for D=3 P=5, from 40 s on', () => {
    // The first failure up to 5 s after 40 s, two more, and the grace period with its 2 s more.
    const latestMs = starts + 45_000 + 10_000 + 7_000 + ended + again
    expect(window(predict.restarts(of({ illAfterMs: 40_000 }), 1))).toEqual([49_500, latestMs])
    expect(window(predict.exits(of({ illAfterMs: 40_000 })))).toEqual([49_500, latestMs - again])
  })

  test('is not asked before its initial delay, which is counted from a whole second', () => {
    const late = podOf({ ...textbook, livenessProbe: { initialDelaySeconds: 60, periodSeconds: 5 } })
    expect(predict.restarts(of({ illAfterMs: 40_000 }, late), 1)?.earliestMs).toBe(59_000 + 9_500)
  })

  test('falls ill again after each restart, whose back-off its own pod alone counts', () => {
    const [once, twice] = [1, 2].map((times) => predict.restarts(of({ illAfterMs: 40_000 }), times))
    expect((twice?.earliestMs ?? 0) - (once?.earliestMs ?? 0)).toBe(49_500)
    const terms = (twice?.because ?? []).map(({ term }) => term)
    expect(terms.filter((term) => term.startsWith('back-off'))).toEqual(['back-off before restart 2'])
    expect(predict.crashLoops(of({ illAfterMs: 40_000 }), 2)?.latestMs).toBe(twice?.latestMs)
  })

  test('writes of it until it is up again', () => {
    const restarts = predict.restarts(of({ illAfterMs: 40_000 }), 1)
    expect(window(predict.logs(of({ illAfterMs: 40_000 })))).toEqual([0, restarts?.latestMs])
    const soon = of({ illAfterMs: 0 }, podOf({ ...textbook, livenessProbe: { periodSeconds: 1 } }))
    expect(predict.logs(soon)?.latestMs).toBe(predict.rollsOut(soon)?.latestMs)
  })

  test('is not known to end where nobody said so, and where no liveness would tell', () => {
    expect(predict.restarts(of(), 1)).toBeUndefined()
    expect(predict.restarts(of({ illAfterMs: 5 }, podOf({ name: 'webapl' })), 1)).toBeUndefined()
    expect(predict.exits(of({ readyAfterMs: 5 }))).toBeUndefined()
  })
})

describe('a new pod', () => {
  const ready = (app: AppTiming, pod?: PodTiming) => window(predict.becomesReady(of(app, pod)))
  const seen = shares.rollOutStep + starts + shares.statusArrives + shares.endpointsFollow + 1_000

  test('is ready at the tick after its app; seen at 22 to 26 s for D=15 P=6, from 20 s on', () => {
    expect(ready({ readyAfterMs: 20_000 })).toEqual([20_000, seen + 26_000])
  })

  test('is ready no sooner than its initial delay, which is counted from a whole second', () => {
    expect(ready({})).toEqual([14_000, seen + 21_000])
  })

  test('needs as many successes, a period apart', () => {
    const patient = podOf({ name: 'app', readinessProbe: { periodSeconds: 2, successThreshold: 4 } })
    expect(ready({}, patient)).toEqual([5_500, seen + 8_000])
  })

  test('waits for its startup probe too', () => {
    const startupProbe = { periodSeconds: 1, failureThreshold: 20 }
    const slow = podOf({ name: 'app', startupProbe, readinessProbe: { periodSeconds: 1 } })
    expect(ready({}, slow)).toEqual([0, seen + 21_000])
  })

  test('has no probe to wait for: then its app is late, or it is early', () => {
    expect(ready({ readyAfterMs: 9_000 }, podOf({ name: 'app' }))).toEqual([9_000, seen + 9_000])
  })

  test('of several containers waits for the slowest, and which of them is late nobody has said', () => {
    const two = podOf(textbook, {
      name: 'side',
      readinessProbe: { initialDelaySeconds: 18, periodSeconds: 1 },
    })
    expect(ready({ readyAfterMs: 30_000 }, two)).toEqual([17_000, seen + 36_000])
  })

  test('takes as long as the pods before it, where it may', () => {
    const slow = predict.becomesReady({ ...of({}), readyTookMs: 30_000 })
    expect(window(slow)).toEqual([14_000, seen + 36_000])
  })

  test('is made by more replicas, and by nothing else that could be counted from', () => {
    const scaled: FaultEffect = { does: 'scale', deployment: 'd', from: 1, to: 2, podUids: [] }
    expect(window(predict.becomesReady({ ...of(), effect: scaled }))).toEqual([14_000, seen + 21_000])
    const deleted: FaultEffect = { does: 'delete-pod', podUid: 'web-1', force: false }
    expect(predict.becomesReady({ ...of(), effect: deleted })).toBeUndefined()
  })
})

test('a roll-out waits for an app that was said to be slow', () => {
  const latest = (app: AppTiming) => predict.rollsOut(of(app))?.latestMs ?? 0
  expect(latest({ readyAfterMs: 60_000 }) - latest({})).toBe(60_000 - 27_000 + 6_000)
})
