import { describe, expect, test } from 'vitest'
import type { FaultEffect } from '../model/fault.ts'
import { seesHang, whyUnseen } from './freeze.ts'
import { longEnoughToRestart, predict, type Situation } from './predict.ts'
import { eventWaitMs } from './shares.ts'
import type { ContainerTiming } from './spec.ts'
import {
  containerStart,
  endpointsFollow,
  plegRelist,
  plegStart,
  runtimeEnds,
  statusArrives,
} from './terms.ts'

const frozen = (ranForMs = 60_000): FaultEffect => ({
  ...{ does: 'freeze', podUid: 'web-1', container: 'app', ranForMs },
})
const ms = (...of: { ms: number }[]) => of.reduce((all, term) => all + term.ms, 0)
const [status, endpoints, kill] = [ms(statusArrives), ms(...endpointsFollow), ms(runtimeEnds, plegRelist)]
const started = ms(containerStart, plegStart)

/** Liveness is asked every 5 s and gives up after 3 failures of 2 s; readiness after 2 of 1 s, every second. */
const livenessProbe = { initialDelaySeconds: 8, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 }
const readinessProbe = { periodSeconds: 1, failureThreshold: 2 }
const of = (container: Omit<ContainerTiming, 'name'>, parts: Partial<Situation> = {}): Situation => ({
  ...{ effect: frozen(), restartsBefore: 0, pod: { containers: [{ name: 'app', ...container }] } },
  ...parts,
})
const graced = (situation: Situation, terminationGracePeriodSeconds: number): Situation => ({
  ...situation,
  pod: { ...situation.pod, terminationGracePeriodSeconds },
})
const window = (situation: Situation, what: 'restarts' | 'leavesEndpoints' | 'joinsEndpoints' | 'exits') => {
  const { earliestMs, latestMs } = predict[what](situation, 1) ?? {}
  return [earliestMs, latestMs]
}

describe('a container that is frozen', () => {
  const live = graced(of({ livenessProbe }), 6)

  test('is restarted by its liveness: the next probe, the failures, the whole grace period', () => {
    const killedMs = 5_000 + 10_000 + 2_000 + 8_000 + kill
    expect(window(live, 'restarts')).toEqual([9_500 + 6_000, killedMs + started + status])
    expect(window(live, 'exits')).toEqual([9_500 + 6_000, killedMs + status])
  })

  test('may end by itself once it goes on', () => {
    expect(window({ ...live, reverted: true }, 'restarts')[0]).toBe(0)
  })

  test('is asked later where it is younger than its initial delay', () => {
    const [, usual = 0] = window(live, 'restarts')
    expect(window({ ...live, effect: frozen(8_000) }, 'restarts')[1]).toBe(usual)
    expect(window({ ...live, effect: frozen(7_000) }, 'restarts')[1]).toBe(usual + 1_000)
  })

  test('is never restarted without a liveness probe, and never back in its endpoints by itself', () => {
    expect(predict.restarts(of({ readinessProbe }), 1)).toBeUndefined()
    expect(predict.joinsEndpoints(of({ readinessProbe }))).toBeUndefined()
    expect(predict.recovers(of({ readinessProbe }))).toBeUndefined()
    expect(predict.replaced(of({ readinessProbe }))).toBeUndefined()
  })

  test('is restarted by its own liveness, whosever claim it is', () => {
    const containers = [{ name: 'side', livenessProbe }, { name: 'app' }]
    expect(predict.restarts({ ...live, pod: { containers }, container: 'side' }, 1)).toBeUndefined()
  })
})

describe('its endpoint', () => {
  test('leaves by readiness: the next probe, the failures, the time-out', () => {
    expect(window(of({ readinessProbe }), 'leavesEndpoints')).toEqual([
      ...[500, 1_000 + 1_000 + 1_000 + status + endpoints],
    ])
  })

  test('leaves by whichever is sooner of readiness and its end by liveness', () => {
    const soon = [0, window(of({ readinessProbe }), 'leavesEndpoints')[1]]
    expect(window(of({ readinessProbe, livenessProbe }), 'leavesEndpoints')).toEqual(soon)
    const slow = { periodSeconds: 600 }
    const killed = [0, 17_000 + 8_000 + kill + status + endpoints]
    expect(window(graced(of({ readinessProbe: slow, livenessProbe }), 6), 'leavesEndpoints')).toEqual(killed)
  })

  test('leaves by what is sure to see it: tcp is not, a command may not be', () => {
    const byLiveness = window(of({ livenessProbe }), 'leavesEndpoints')
    for (const other of [{ tcpSocket: {} }, { exec: {} }]) {
      const blind = { ...readinessProbe, ...other }
      expect(window(of({ livenessProbe, readinessProbe: blind }), 'leavesEndpoints')).toEqual(byLiveness)
      // The promise is the app's: where nothing else keeps it, it is waited for so long.
      expect(window(of({ readinessProbe: blind }), 'leavesEndpoints')).toEqual(
        window(of({ readinessProbe }), 'leavesEndpoints'),
      )
    }
    expect(predict.leavesEndpoints(of({}))).toBeUndefined()
  })

  test('joins again once the container has been started anew', () => {
    const situation = graced(of({ livenessProbe, readinessProbe }), 6)
    const [earliest = 0, latest = 0] = window(situation, 'restarts')
    expect(window(situation, 'joinsEndpoints')).toEqual([earliest, latest + 2_000 + endpoints])
    expect(predict.recovers(situation)).toEqual(predict.joinsEndpoints(situation))
  })

  test('joins again from the revert on with the next probe, or anew where liveness was about to end it', () => {
    const back = of({ readinessProbe }, { reverted: true })
    expect(window(back, 'joinsEndpoints')).toEqual([0, 2_000 + status + endpoints])
    const [earliest, latest = 0] = window(
      of({ readinessProbe, livenessProbe }, { reverted: true }),
      'joinsEndpoints',
    )
    const [, restarted = 0] = window(of({ readinessProbe, livenessProbe }), 'restarts')
    expect([earliest, latest]).toEqual([0, 2_000 + restarted + 2_000 + status + endpoints])
  })
})

test('what says that nothing restarts is watched until a liveness probe would have given up', () => {
  expect(longEnoughToRestart(of({ livenessProbe }))).toBe(5_000 + 10_000 + 2_000 + eventWaitMs)
  expect(longEnoughToRestart(of({ readinessProbe }))).toBe(0)
})

test('a probe over HTTP or gRPC is sure to see it, one over tcp never does', () => {
  expect(seesHang({})).toBe(true)
  expect(seesHang({ tcpSocket: {} })).toBe(false)
  expect(seesHang({ exec: {} })).toBe(false)
  expect(whyUnseen(undefined, 'liveness')).toBe('it has no liveness probe')
  expect(whyUnseen({ tcpSocket: {} }, 'liveness')).toContain('the kernel takes connections')
  expect(whyUnseen({ exec: {} }, 'liveness')).toBeUndefined()
})
