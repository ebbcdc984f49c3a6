import { describe, expect, test } from 'vitest'
import type { FaultEffect } from '../model/fault.ts'
import { longEnoughToRestart, predict } from './predict.ts'
import type { ContainerTiming, PodTiming } from './spec.ts'
import * as terms from './terms.ts'

const effect: FaultEffect = {
  ...{ does: 'lose-dependency', deployment: 'd-db', readyTookMs: 1_500, podUids: ['web-1'] },
}
const app = (probes: Omit<ContainerTiming, 'name'> = {}): PodTiming => ({
  containers: [{ name: 'app', ...probes }],
})
const of = (pod: PodTiming) => ({ effect, pod, restartsBefore: 0 })
const readinessProbe = { periodSeconds: 4, failureThreshold: 3, successThreshold: 2 }
const { dependencyNoticed, endpointsFollow, plegStart, replacementCreated } = terms
const { rollOutStep, sandboxStarts, statusArrives } = terms
const ms = (...all: { ms: number }[]) => all.reduce((sum, term) => sum + term.ms, 0)
const follows = ms(statusArrives, ...endpointsFollow)

describe('an app whose dependency is away', () => {
  test('leaves its endpoints when its readiness has failed often enough, and may before the last of it is gone', () => {
    expect(predict.leavesEndpoints(of(app({ readinessProbe })))).toMatchObject({
      ...{ earliestMs: 0, latestMs: ms(dependencyNoticed) + 4_000 + 2 * 4_000 + follows },
    })
  })

  test('is due to leave them soon where it has no such probe: that is broken then', () => {
    const leaves = predict.leavesEndpoints(of(app()))
    expect(leaves?.latestMs).toBe(ms(dependencyNoticed) + follows)
  })

  test('is back when the dependency is, as soon as that was ready before, and its readiness succeeds', () => {
    const made = ms(rollOutStep, replacementCreated, sandboxStarts, plegStart) + 1_500 + follows
    const latestMs = made + ms(dependencyNoticed) + 4_000 + 2 * 4_000 + follows
    expect(predict.joinsEndpoints(of(app({ readinessProbe })))).toMatchObject({ earliestMs: 0, latestMs })
    expect(predict.recovers(of(app({ readinessProbe })))?.latestMs).toBe(latestMs)
  })

  test('is not restarted, which is watched for as long as its liveness would take, had it failed along', () => {
    const livenessProbe = { periodSeconds: 5, failureThreshold: 3 }
    expect(longEnoughToRestart(of(app({ livenessProbe })))).toBe(
      ms(dependencyNoticed) + 5_000 + 10_000 + 3_000,
    )
    expect(longEnoughToRestart(of(app()))).toBe(0)
    expect(predict.restarts(of(app({ livenessProbe })), 1)).toBeUndefined()
    expect(predict.replaced(of(app()))).toBeUndefined()
  })
})
