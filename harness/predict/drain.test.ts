import { describe, expect, test } from 'vitest'
import type { FaultEffect } from '../model/fault.ts'
import { budgetWaits } from './drain.ts'
import { predict } from './predict.ts'
import type { PodTiming, Toleration } from './spec.ts'
import { period, sum } from './terms.ts'

const pod: PodTiming = {
  containers: [{ name: 'web', readinessProbe: { periodSeconds: 1 } }],
  terminationGracePeriodSeconds: 20,
}
const situation = (effect: FaultEffect, of: PodTiming = pod) => ({ effect, pod: of, restartsBefore: 0 })
const window = (of: { earliestMs: number; latestMs: number } | undefined) =>
  of && [of.earliestMs, of.latestMs]

describe('what a budget holds up', () => {
  const created = [period('a pod is made', [1_000, 4_000], '')]
  const totals = (pods: number, atOnce: number | null) => {
    const waits = budgetWaits(pods, atOnce, created)
    return waits && window(sum(waits))
  }

  test('nothing where all may go at once', () => {
    expect(totals(3, null)).toEqual([0, 0])
    expect(totals(3, 3)).toEqual([0, 0])
    expect(totals(0, 1)).toEqual([0, 0])
  })

  test('each wave but the first, by a new pod, the count, and a further attempt', () => {
    expect(totals(2, 1)).toEqual([0, 9_250])
    expect(totals(5, 2)).toEqual([0, 18_500])
  })

  test('for ever where none may go', () => {
    expect(totals(1, 0)).toBeUndefined()
  })
})

describe('a drain', () => {
  const drain = (pods: number, atOnce: number | null): FaultEffect => {
    const podUids = Array.from({ length: pods }, (_, n) => `web-${n}`)
    return { does: 'drain', node: 'n1', podUids, atOnce }
  }

  test('without a budget is as many deletions', () => {
    const deleted = situation({ does: 'delete-pod', podUid: 'web-0', force: false })
    const drained = situation(drain(3, null))
    for (const what of ['leavesEndpoints', 'replaced', 'recovers', 'exits'] as const) {
      expect(window(predict[what](drained))).toEqual(window(predict[what](deleted)))
    }
  })

  test('with one waits for the pods before, the first of which wait for none', () => {
    const [one, two] = [predict.replaced(situation(drain(1, 1))), predict.replaced(situation(drain(2, 1)))]
    expect(two?.earliestMs).toBe(one?.earliestMs)
    // Another pod's way, the count of the budget, and 5 s to the next attempt.
    expect(two?.latestMs).toBe(2 * (one?.latestMs ?? 0) + 250 + 5_000)
  })

  test('that may take none leads to nothing', () => {
    const stuck = situation(drain(1, 0))
    expect(predict.replaced(stuck)).toBeUndefined()
    expect(predict.leavesEndpoints(stuck)).toBeUndefined()
    expect(predict.exits(stuck)).toBeUndefined()
    expect(predict.recovers(stuck)).toBeUndefined()
  })

  test('undone gives room to what had none', () => {
    const reverted = predict.recovers({ ...situation(drain(1, 1)), reverted: true })
    expect(reverted?.earliestMs).toBe(0)
    expect(reverted?.because.map(({ term }) => term)).toContain(
      'the scheduler tries again, after its back-off',
    )
    const cordon = situation({ does: 'cordon', node: 'n1', podUids: [] })
    expect(predict.recovers(cordon)).toBeUndefined()
    expect(predict.recovers({ ...cordon, reverted: true })?.latestMs).toBe(reverted?.latestMs)
  })
})

describe('a taint', () => {
  const taint = { key: 'a', value: 'b', effect: 'NoExecute' } as const
  const leaves = (tolerations?: Toleration[], effect: FaultEffect | object = {}) =>
    window(
      predict.leavesEndpoints(
        situation(
          { does: 'taint', node: 'n1', podUids: ['web-0'], taint: { ...taint, ...effect } },
          { ...pod, tolerations },
        ),
      ),
    )
  const atOnce = [0, 2_250]

  test.each<[string, Toleration[] | undefined, number[] | undefined]>([
    ['that is not tolerated is followed at once', undefined, atOnce],
    ['nor that of another key', [{ key: 'c', operator: 'Exists' }], atOnce],
    ['nor of another value', [{ key: 'a', value: 'c' }], atOnce],
    ['nor of another effect', [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }], atOnce],
    ['that is tolerated without an end never is', [{ key: 'a', value: 'b' }], undefined],
    ['nor by a toleration of everything', [{ operator: 'Exists' }], undefined],
    [
      'that is tolerated for a time is, after it',
      [{ key: 'a', operator: 'Exists', tolerationSeconds: 6 }],
      [6_000, 8_250],
    ],
    ['for no time at all', [{ key: 'a', operator: 'Exists', tolerationSeconds: -1 }], atOnce],
  ])('%s', (_, tolerations, wanted) => {
    expect(leaves(tolerations)).toEqual(wanted)
  })

  test('of another effect takes no pod away', () => {
    expect(leaves(undefined, { effect: 'NoSchedule' })).toBeUndefined()
  })
})
