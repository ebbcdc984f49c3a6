import { describe, expect, test } from 'vitest'
import type { FaultEffect, ProbeFailure, ProbeKind } from '../model/fault.ts'
import type { Prediction } from '../model/result.ts'
import { longEnoughToRestart, predict, type Situation } from './predict.ts'
import type { ContainerTiming, PodTiming } from './spec.ts'
import * as terms from './terms.ts'

const status: ProbeFailure = { with: 'status', status: 500 }
const failing = (probes: ProbeKind[], failure: ProbeFailure = status): FaultEffect => ({
  ...{ does: 'fail-probe', podUid: 'web-1', container: 'app', probes, failure },
})
const killed: FaultEffect = { does: 'signal', podUid: 'web-1', container: 'app', signal: 'SIGKILL' }
const deleted: FaultEffect = { does: 'delete-pod', podUid: 'web-1', force: false }
const forced: FaultEffect = { ...deleted, force: true }
const nodeGone: FaultEffect = { does: 'delete-node', node: 'n1', podUids: ['web-1'] }

const app = (probes: Omit<ContainerTiming, 'name'> = {}, grace?: number): PodTiming => ({
  containers: [{ name: 'app', ...probes }],
  ...(grace !== undefined && { terminationGracePeriodSeconds: grace }),
})
const of = (effect: FaultEffect, pod: PodTiming, restartsBefore = 0): Situation => ({
  ...{ effect, pod, restartsBefore },
})

/** What this harness allows for the machinery, apart from what the spec and Kubernetes' own constants say. */
const { containerStart, endpointsFollow, plegRelist, proxyGoes, runtimeEnds, statusArrives } = terms
const { replacementCreated, sandboxStarts } = terms
const ms = (...of: { ms: number }[]) => of.reduce((all, term) => all + term.ms, 0)
const [status2, kill] = [ms(statusArrives), ms(runtimeEnds, plegRelist)]
const window = (prediction: Prediction | undefined) => [prediction?.earliestMs, prediction?.latestMs]

/** The textbook case: liveness D=3 P=5 F=3, readiness D=15 P=6. */
const textbook = app({
  livenessProbe: { initialDelaySeconds: 3, periodSeconds: 5, failureThreshold: 3 },
  readinessProbe: { initialDelaySeconds: 15, periodSeconds: 6 },
})

describe('a restart', () => {
  const liveness = failing(['liveness'])
  const live = (probe: ContainerTiming['livenessProbe'], grace?: number) =>
    of(liveness, app({ livenessProbe: probe }, grace))
  const rest = kill + ms(containerStart) + status2

  test.each<[name: string, situation: Situation, earliestMs: number, latestMs: number]>([
    ['P=5 F=3, 30 s of grace', of(liveness, textbook), 9_500, 10_000 + 32_000],
    ['P=5 F=3, 2 s of grace', live({ periodSeconds: 5, failureThreshold: 3 }, 2), 9_500, 10_000 + 4_000],
    ["Kubernetes' defaults: P=10 F=3", live({}), 19_500, 20_000 + 32_000],
    ['F=1: the first failure is enough', live({ failureThreshold: 1 }, 0), 0, 2_000],
    ['no grace at all', live({ periodSeconds: 1, failureThreshold: 2 }, 0), 500, 1_000 + 2_000],
    [
      "a grace period of the probe's own",
      live({ periodSeconds: 5, terminationGracePeriodSeconds: 1 }),
      ...([9_500, 10_000 + 3_000] as const),
    ],
    ['a startup probe', of(failing(['startup']), app({ startupProbe: {} }, 1)), 19_500, 20_000 + 3_000],
  ])('after failed probes, %s', (_, situation, earliestMs, latestMs) => {
    expect(window(predict.restarts(situation, 1))).toEqual([earliestMs, latestMs + rest])
  })

  test('of one that answers 500 from 40 s on came 56 to 57 s after its start: 13 to 14 s after its first failure', () => {
    const [earliestMs = 0, latestMs = 0] = window(predict.restarts(of(liveness, textbook), 1))
    // Asked at 3, 8, ... 43 s: the first failure comes at 43 s.
    expect(earliestMs).toBeLessThan(56_000 - 43_000)
    expect(latestMs).toBeGreaterThan(57_000 - 43_000)
  })

  test('after a signal it starts at once: the receipt is its end', () => {
    expect(window(predict.restarts(of(killed, textbook), 1))).toEqual([
      ...[0, ms(plegRelist, containerStart) + status2],
    ])
  })

  test.each([
    [1, 22_000],
    [2, 32_000],
    [3, 52_000],
    [4, 92_000],
    [5, 172_000],
    [6, 312_000],
    [9, 312_000],
  ])('after %i earlier ones waits for its back-off: at most %i ms', (restartsBefore, backOffMs) => {
    const [, first = 0] = window(predict.restarts(of(killed, textbook), 1))
    expect(predict.restarts(of(killed, textbook, restartsBefore), 1)?.latestMs).toBe(first + backOffMs)
  })

  test('and another one: it fails from its start, and waits for its back-off', () => {
    const [earliestMs = 0, latestMs = 0] = window(predict.restarts(of(liveness, textbook), 1))
    const again = predict.restarts(of(liveness, textbook), 2)
    // semantics: from D + (F-1) P to D + F P after its start.
    expect(again?.earliestMs).toBe(earliestMs + 3_000 + 10_000)
    const stopMs = 32_000 + kill
    expect(again?.latestMs).toBe(latestMs + 3_000 + 15_000 + stopMs + 22_000 + ms(containerStart))
    expect(again?.because.some(({ term }) => term === 'back-off before restart 2')).toBe(true)
  })

  test('a probe that hangs adds its time-out, and is asked no oftener than that', () => {
    const slow = (probe: ContainerTiming['livenessProbe'], failure: ProbeFailure) =>
      window(predict.restarts(of(failing(['liveness'], failure), app({ livenessProbe: probe }, 0)), 1))
    const quick = { periodSeconds: 5, timeoutSeconds: 2 }
    expect(slow(quick, { with: 'silence' })).toEqual([9_500, 10_000 + 2_000 + 2_000 + rest])
    expect(slow(quick, { with: 'delay', delayMs: 9_000 })).toEqual([9_500, 10_000 + 2_000 + 2_000 + rest])
    expect(slow(quick, { with: 'reset' })).toEqual([9_500, 10_000 + 2_000 + rest])
    const patient = { periodSeconds: 1, timeoutSeconds: 4 }
    expect(slow(patient, { with: 'silence' })).toEqual([7_500, 8_000 + 4_000 + 2_000 + rest])
  })

  test.each<[string, FaultEffect]>([
    ['a failed readiness', failing(['readiness'])],
    ['a deleted pod', deleted],
    ['a deleted node', nodeGone],
  ])('is not what follows %s', (_, effect) => {
    expect(predict.restarts(of(effect, textbook), 1)).toBeUndefined()
  })

  test('is not predicted for a container that lacks the probe', () => {
    expect(predict.restarts(of(liveness, app()), 1)).toBeUndefined()
    const other = { containers: [{ name: 'app' }, { name: 'side', livenessProbe: {} }] }
    expect(predict.restarts(of(liveness, other), 1)).toBeUndefined()
  })
})

describe('an exit', () => {
  test('of a deleted pod takes up to its grace period and the extension', () => {
    const rest = kill + status2
    expect(window(predict.exits(of(deleted, app({}, 5))))).toEqual([0, 7_000 + rest])
    expect(window(predict.exits(of(deleted, app())))).toEqual([0, 32_000 + rest])
  })

  test('of a failed liveness probe is not before the threshold', () => {
    expect(predict.exits(of(failing(['liveness']), textbook))?.earliestMs).toBe(9_500)
  })

  test('is never seen of a failed readiness or a deleted node', () => {
    expect(predict.exits(of(failing(['readiness']), textbook))).toBeUndefined()
    expect(predict.exits(of(nodeGone, textbook))).toBeUndefined()
  })
})

describe('endpoints', () => {
  const ready = app({ readinessProbe: { periodSeconds: 6, failureThreshold: 2, successThreshold: 3 } })
  const follow = status2 + ms(endpointsFollow)

  test.each<[name: string, effect: FaultEffect, pod: PodTiming, earliestMs: number, latestMs: number]>([
    ['a deleted pod', deleted, textbook, 0, ms(endpointsFollow)],
    ['a killed pod', forced, textbook, 0, ms(endpointsFollow)],
    ['a deleted node, when PodGC takes its pods', nodeGone, textbook, 0, 80_000 + ms(endpointsFollow)],
    ['a failed readiness', failing(['readiness']), ready, 5_500, 6_000 + follow],
    ['a failed liveness', failing(['liveness']), textbook, 9_500, 42_000 + kill + follow],
    ['a killed container', killed, textbook, 0, ms(plegRelist) + follow],
  ])('are left after %s', (_, effect, pod, earliestMs, latestMs) => {
    expect(window(predict.leavesEndpoints(of(effect, pod)))).toEqual([earliestMs, latestMs])
  })

  test('are joined again after the revert, once so many probes have succeeded', () => {
    const joins = predict.joinsEndpoints(of(failing(['readiness']), ready))
    expect(window(joins)).toEqual([12_000, ms(proxyGoes) + 6_000 + 18_000 + follow])
  })

  test('are joined again after a restart, once it is ready: seen at 20 to 25 s of one ready from 20 s on', () => {
    const joins = predict.joinsEndpoints(of(killed, textbook))
    expect(joins?.earliestMs).toBe(15_000)
    const [restart = 0] = [predict.restarts(of(killed, textbook), 1)?.latestMs]
    expect(joins?.latestMs).toBe(restart + 15_000 + 6_000 + 6_000 + ms(endpointsFollow))
  })

  test('are not joined again by a pod that is gone', () => {
    expect(predict.joinsEndpoints(of(deleted, textbook))).toBeUndefined()
    expect(predict.joinsEndpoints(of(nodeGone, textbook))).toBeUndefined()
  })

  test('are neither left nor joined for a readiness probe that is not there', () => {
    expect(predict.leavesEndpoints(of(failing(['readiness']), app()))).toBeUndefined()
    expect(predict.joinsEndpoints(of(failing(['readiness']), app()))).toBeUndefined()
  })
})

describe('a replacement', () => {
  const created = ms(replacementCreated, sandboxStarts) + status2

  test('of a deleted pod comes at once, and is ready when its probes say so', () => {
    expect(window(predict.replaced(of(deleted, app())))).toEqual([0, created])
    expect(window(predict.replaced(of(forced, textbook)))).toEqual([15_000, created + 27_000])
  })

  test("of a deleted node's pod comes when PodGC has taken it: 40 to 80 s; seen at 42 to 75 s", () => {
    expect(window(predict.replaced(of(nodeGone, app())))).toEqual([40_000, 80_000 + created])
  })

  test('waits for the startup probe, and for the slowest container', () => {
    const startupProbe = { initialDelaySeconds: 2, periodSeconds: 3, failureThreshold: 10 }
    const slow = { name: 'slow', startupProbe, readinessProbe: { periodSeconds: 1 } }
    const pod = { containers: [{ name: 'app' }, slow, { name: 'other', readinessProbe: {} }] }
    expect(window(predict.replaced(of(deleted, pod)))).toEqual([2_000, created + 32_000 + 2_000])
  })

  test.each([killed, failing(['liveness']), failing(['readiness'])])('does not follow %o', (effect) => {
    expect(predict.replaced(of(effect, textbook))).toBeUndefined()
  })
})

describe('the recovery of a workload', () => {
  test('from the loss of a pod is its replacement, and the EndpointSlice', () => {
    const replaced = predict.replaced(of(deleted, textbook))
    expect(window(predict.recovers(of(deleted, textbook)))).toEqual([
      ...[replaced?.earliestMs, (replaced?.latestMs ?? 0) + ms(endpointsFollow)],
    ])
  })

  test.each([killed, failing(['readiness']), failing(['liveness'])])(
    'from %o is the return of its endpoint',
    (effect) => {
      expect(predict.recovers(of(effect, textbook))).toEqual(predict.joinsEndpoints(of(effect, textbook)))
    },
  )

  test('from a failed liveness may take no time after the revert, or the whole chain and a back-off', () => {
    const liveness = of(failing(['liveness']), textbook)
    const restart = predict.restarts(liveness, 1)?.latestMs ?? 0
    const ready = 15_000 + 6_000 + 6_000 + status2
    expect(window(predict.recovers(liveness))).toEqual([
      ...[0, restart + 22_000 + ready + ms(proxyGoes, endpointsFollow)],
    ])
  })
})

test('a pod is watched for as long as its liveness probe would take, had it failed along', () => {
  const pod = (probe: ContainerTiming['livenessProbe']) => app({ livenessProbe: probe })
  const unready = failing(['readiness'])
  expect(longEnoughToRestart(of(unready, pod({ periodSeconds: 5 })))).toBeGreaterThanOrEqual(10_000)
  const more = longEnoughToRestart(of(unready, pod({ periodSeconds: 10 })))
  expect(more).toBeGreaterThan(longEnoughToRestart(of(unready, pod({ periodSeconds: 5 }))))
  expect(longEnoughToRestart(of(unready, app()))).toBe(0)
  expect(longEnoughToRestart(of(killed, textbook))).toBe(0)
})

test('which may be asked first a whole period after the receipt', () => {
  const livenessProbe = { periodSeconds: 10, failureThreshold: 3 }
  const situation = of(failing(['readiness']), app({ livenessProbe }, 30))
  expect(longEnoughToRestart(situation)).toBeGreaterThanOrEqual(30_000)
})

test('a longer period makes no window earlier, in a pod of two containers either', () => {
  const pod = (periodSeconds: number): PodTiming => ({
    containers: [
      { name: 'a', readinessProbe: { periodSeconds } },
      { name: 'b', readinessProbe: { initialDelaySeconds: 20, periodSeconds: 1 } },
    ],
  })
  const earliestMs = (period: number) => predict.replaced(of(deleted, pod(period)))?.earliestMs
  expect(earliestMs(1)).toBe(20_000)
  expect(earliestMs(30)).toBe(20_000)
})

describe('a liveness probe that fails along with readiness', () => {
  const both = failing(['readiness', 'liveness'])

  test('may have its container backing off at the revert', () => {
    const pod = app({ livenessProbe: { periodSeconds: 1 }, readinessProbe: { periodSeconds: 1 } })
    const latestMs = (effect: FaultEffect) => predict.recovers(of(effect, pod))?.latestMs ?? 0
    expect(latestMs(both)).toBeGreaterThanOrEqual(latestMs(failing(['liveness'])))
  })

  test('may take it out of the endpoints before the readiness threshold', () => {
    const pod = app({
      livenessProbe: { periodSeconds: 1, failureThreshold: 1 },
      readinessProbe: { periodSeconds: 10, failureThreshold: 6 },
    })
    expect(predict.leavesEndpoints(of(both, pod))?.earliestMs).toBe(0)
  })
})
