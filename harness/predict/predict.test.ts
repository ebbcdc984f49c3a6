import { describe, expect, test } from 'vitest'
import type { FaultEffect, ProbeFailure, ProbeKind } from '../model/fault.ts'
import type { Prediction } from '../model/result.ts'
import { longEnoughToRestart, predict, type Situation } from './predict.ts'
import type { ContainerTiming, PodTiming } from './spec.ts'
import * as terms from './terms.ts'

const answered: ProbeFailure = { with: 'status', status: 500 }
const failing = (probes: ProbeKind[], failure: ProbeFailure = answered): FaultEffect => ({
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
const { containerStart, endpointsFollow, plegRelist, plegStart, proxyGoes, runtimeEnds } = terms
const { replacementCreated, sandboxStarts, statusArrives } = terms
const ms = (...of: { ms: number }[]) => of.reduce((all, term) => all + term.ms, 0)
const [status, kill, start] = [ms(statusArrives), ms(runtimeEnds, plegRelist), ms(containerStart, plegStart)]
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
  const rest = kill + start + status

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
    expect(window(predict.restarts(of(killed, textbook), 1))).toEqual([0, ms(plegRelist) + start + status])
  })

  test.each([
    [1, 10_000 + 15_000],
    [2, 20_000 + 15_000],
    [3, 40_000 + 20_000],
    [4, 80_000 + 30_000],
    [5, 160_000 + 30_000],
    [6, 300_000 + 30_000],
    [9, 300_000 + 30_000],
  ])('after %i earlier ones waits for its back-off: at most %i ms', (restartsBefore, backOffMs) => {
    const [, first = 0] = window(predict.restarts(of(killed, textbook), 1))
    expect(predict.restarts(of(killed, textbook, restartsBefore), 1)?.latestMs).toBe(first + backOffMs)
  })

  test('and another one: it fails from its start, and waits for its back-off', () => {
    const [earliestMs = 0, latestMs = 0] = window(predict.restarts(of(liveness, textbook), 1))
    const again = predict.restarts(of(liveness, textbook), 2)
    // From D + (F-1) P to D + F P after the whole second of its start, and a period may be up to half a second shorter.
    expect(again?.earliestMs).toBe(earliestMs + 2_000 + 9_500)
    const stopMs = 32_000 + kill
    expect(again?.latestMs).toBe(latestMs + 3_000 + 15_000 + stopMs + 25_000 + start)
    expect(again?.because.some(({ term }) => term === 'back-off before restart 2')).toBe(true)
  })

  test('a probe that hangs adds its time-out, and is asked no oftener than that', () => {
    const slow = (probe: ContainerTiming['livenessProbe'], failure: ProbeFailure) =>
      window(predict.restarts(of(failing(['liveness'], failure), app({ livenessProbe: probe }, 0)), 1))
    const quick = { periodSeconds: 5, timeoutSeconds: 2 }
    expect(slow(quick, { with: 'silence' })).toEqual([9_500, 10_000 + 2_000 + 2_000 + rest])
    expect(slow(quick, { with: 'delay', delayMs: 9_000 })).toEqual([9_500, 10_000 + 2_000 + 2_000 + rest])
    expect(slow(quick, { with: 'reset' })).toEqual([9_500, 10_000 + 2_000 + rest])
    expect(slow(quick, { with: 'exit', exitCode: 1 })).toEqual([9_500, 10_000 + 2_000 + rest])
    const patient = { periodSeconds: 1, timeoutSeconds: 4 }
    expect(slow(patient, { with: 'silence' })).toEqual([7_500, 8_000 + 4_000 + 2_000 + rest])
  })

  test('and another one of a probe that hangs takes its time-outs', () => {
    const hanging = (failure: ProbeFailure) => {
      const pod = app({ livenessProbe: { periodSeconds: 1, timeoutSeconds: 4 } }, 0)
      return predict.restarts(of(failing(['liveness'], failure), pod), 2)?.latestMs ?? 0
    }
    // Two failures more, each three seconds later, and the last one's time-out: before either restart.
    expect(hanging({ with: 'silence' }) - hanging(answered)).toBe(2 * (2 * 3_000 + 4_000))
  })

  test('waits no longer than the longest back-off of its cluster', () => {
    const restart = (crashLoopBackOffMaxMs: number) =>
      predict.restarts({ ...of(killed, textbook, 9), cluster: { crashLoopBackOffMaxMs } }, 1)?.latestMs ?? 0
    expect(restart(300_000) - restart(20_000)).toBe(280_000 + 15_000)
    expect(restart(20_000) - restart(1_000)).toBe(19_000)
  })

  test.each<[string, FaultEffect]>([
    ['a failed readiness', failing(['readiness'])],
    ['a startup probe that is not asked any more', failing(['readiness', 'startup'])],
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

describe('a failed startup probe', () => {
  const startupProbe = { initialDelaySeconds: 2, periodSeconds: 3, failureThreshold: 4 }
  const pod = app({ startupProbe, livenessProbe: { periodSeconds: 1 } }, 1)
  const startup = of(failing(['startup']), pod)
  const onceDown = 9_000 + 3_000 + kill

  test('ends its container (F-1) P after the first failure, which came after a restart: it backs off', () => {
    expect(window(predict.exits(startup))).toEqual([8_500, onceDown + status])
    expect(window(predict.restarts(startup, 1))).toEqual([8_500, onceDown + 25_000 + start + status])
  })

  test('and once more, from D + (F-1) P after the whole second of its start on', () => {
    const [once, twice] = [predict.restarts(startup, 1), predict.restarts(startup, 2)]
    expect((twice?.earliestMs ?? 0) - (once?.earliestMs ?? 0)).toBe(1_000 + 8_500)
    expect((twice?.latestMs ?? 0) - (once?.latestMs ?? 0)).toBe(5_000 + onceDown + 35_000 + start)
  })

  test('finds the pod out of its endpoints already', () => {
    expect(window(predict.leavesEndpoints(startup))).toEqual([0, status + ms(...endpointsFollow)])
  })

  test('that fails along with liveness: liveness ends it first, and the startup probe after its restart', () => {
    const both = of(failing(['liveness', 'startup']), pod)
    const [once, twice] = [predict.restarts(both, 1), predict.restarts(both, 2)]
    expect(once?.earliestMs).toBe(1_500)
    expect((twice?.earliestMs ?? 0) - (once?.earliestMs ?? 0)).toBe(1_000 + 8_500)
  })

  test('that succeeds holds back the liveness probe that fails after a restart', () => {
    const liveness = of(failing(['liveness']), pod)
    const [once, twice] = [predict.restarts(liveness, 1), predict.restarts(liveness, 2)]
    const held = 2_000 + 4 * 3_000
    const stopped = 1_000 + 2_000 + 3_000 + kill
    expect((twice?.latestMs ?? 0) - (once?.latestMs ?? 0)).toBe(held + stopped + 25_000 + start)
  })
})

describe('an exit', () => {
  test('of a deleted pod takes up to its grace period and the extension', () => {
    const rest = kill + status
    expect(window(predict.exits(of(deleted, app({}, 5))))).toEqual([0, 7_000 + rest])
    expect(window(predict.exits(of(deleted, app())))).toEqual([0, 32_000 + rest])
  })

  const hooked = (preStop: object, grace: number): PodTiming => ({
    containers: [{ name: 'app', livenessProbe: {}, lifecycle: { preStop } }],
    terminationGracePeriodSeconds: grace,
  })

  test('comes no earlier than a preStop hook lets it, nor than the grace period cuts the hook off', () => {
    const sleeps = hooked({ sleep: { seconds: 5 } }, 30)
    expect(predict.exits(of(deleted, sleeps))?.earliestMs).toBe(5_000)
    expect(predict.exits(of(forced, sleeps))?.earliestMs).toBe(0)
    expect(predict.exits(of(failing(['liveness']), sleeps))?.earliestMs).toBe(19_500 + 5_000)
    expect(window(predict.exits(of(deleted, hooked({ sleep: { seconds: 40 } }, 30))))).toEqual([
      ...[30_000, 32_000 + kill + status],
    ])
    expect(predict.exits(of(deleted, hooked({ exec: { command: ['drain'] } }, 30)))?.earliestMs).toBe(0)
  })

  test("of a container is held up by its own hook alone, that of an evicted pod by its slowest container's", () => {
    const beside = { name: 'side', lifecycle: { preStop: { sleep: { seconds: 7 } } } }
    const pod = { containers: [{ name: 'app' }, beside] }
    expect(predict.exits(of(deleted, pod))?.earliestMs).toBe(0)
    expect(predict.exits({ ...of(deleted, pod), container: 'side' })?.earliestMs).toBe(7_000)
    expect(window(predict.evicted({ pod }))).toEqual([7_000, 32_000 + kill + status])
  })

  test('of a failed liveness probe is not before the threshold', () => {
    expect(predict.exits(of(failing(['liveness']), textbook))?.earliestMs).toBe(9_500)
  })

  test('is never seen of a failed readiness or a deleted node', () => {
    expect(predict.exits(of(failing(['readiness']), textbook))).toBeUndefined()
    expect(predict.exits(of(nodeGone, textbook))).toBeUndefined()
  })
})

describe('a crash loop', () => {
  const rolledOut: FaultEffect = { does: 'roll-out', deployment: 'd', oldSet: 'rs', podUids: ['web-1'] }
  const fails = ms(terms.appFails, plegRelist)
  const retries = 15_000

  test('after a signal ends as soon as it has started, and waits 0, 10, 20 s', () => {
    expect(window(predict.crashLoops(of(killed, app()), 2))).toEqual([
      ...[10_000, 1_000 + start + fails + 10_000 + retries + start + status],
    ])
    const thrice = predict.crashLoops(of(killed, app()), 3)
    expect(thrice?.earliestMs).toBe(30_000)
    expect(predict.crashLoops(of(killed, app(), 1), 2)?.earliestMs).toBe(30_000)
  })

  test('of a version that fails begins with its pod, whatever had restarted before', () => {
    const made = ms(replacementCreated, sandboxStarts, plegStart)
    const twice = 10_000 + retries + 2 * (fails + start) + status
    expect(window(predict.crashLoops(of(rolledOut, app(), 3), 2))).toEqual([10_000, made + twice])
  })

  test('by a failed liveness may find its back-offs over: they count from the end before', () => {
    const twice = predict.crashLoops(of(failing(['liveness']), textbook), 2)
    expect(twice?.latestMs).toBe(predict.restarts(of(failing(['liveness']), textbook), 2)?.latestMs)
    expect(twice?.because.find(({ term }) => term.startsWith('back-off'))?.earliestMs).toBe(0)
  })

  test('waits no longer than the longest back-off of its cluster, and is not predicted where nothing ends', () => {
    const cluster = { crashLoopBackOffMaxMs: 5_000 }
    expect(predict.crashLoops({ ...of(killed, app()), cluster }, 3)?.earliestMs).toBe(10_000)
    expect(predict.crashLoops(of(failing(['readiness']), textbook), 2)).toBeUndefined()
  })
})

describe('what a container writes', () => {
  test('comes on its way down, or until it is up again', () => {
    const exits = predict.exits(of(deleted, app({}, 5)))
    expect(window(predict.logs(of(deleted, app({}, 5))))).toEqual([0, exits?.latestMs])
    const again = predict.restarts(of(killed, textbook), 1)
    expect(window(predict.logs(of(killed, textbook)))).toEqual([
      0,
      (again?.latestMs ?? 0) + 15_000 + 6_000 + 6_000,
    ])
    expect(window(predict.logs(of(failing(['liveness']), textbook)))[0]).toBe(0)
  })

  test('of a version that fails at its start comes when it has failed', () => {
    const rolledOut: FaultEffect = { does: 'roll-out', deployment: 'd', oldSet: 'rs', podUids: ['web-1'] }
    const through = predict.rollsOut(of(rolledOut, app()))?.latestMs ?? 0
    expect(window(predict.logs(of(rolledOut, app())))).toEqual([0, through])
    const fails = ms(terms.appFails, plegRelist, statusArrives)
    expect(window(predict.logs(of(rolledOut, app()), true))).toEqual([0, through + fails])
  })

  test('is not predicted where nothing of it is stopped or started', () => {
    expect(predict.logs(of(failing(['readiness']), textbook))).toBeUndefined()
    expect(predict.logs(of(nodeGone, textbook))).toBeUndefined()
  })
})

describe('endpoints', () => {
  const ready = app({ readinessProbe: { periodSeconds: 6, failureThreshold: 2, successThreshold: 3 } })
  const follow = status + ms(...endpointsFollow)

  test.each<[name: string, effect: FaultEffect, pod: PodTiming, earliestMs: number, latestMs: number]>([
    ['a deleted pod', deleted, textbook, 0, ms(...endpointsFollow)],
    ['a killed pod', forced, textbook, 0, ms(...endpointsFollow)],
    ['a deleted node, when PodGC takes its pods', nodeGone, textbook, 0, 80_000 + ms(...endpointsFollow)],
    ['a failed readiness', failing(['readiness']), ready, 5_500, 6_000 + follow],
    ['a failed liveness', failing(['liveness']), textbook, 9_500, 42_000 + kill + follow],
    ['a killed container', killed, textbook, 0, ms(plegRelist) + follow],
  ])('are left after %s', (_, effect, pod, earliestMs, latestMs) => {
    expect(window(predict.leavesEndpoints(of(effect, pod)))).toEqual([earliestMs, latestMs])
  })

  test('are joined again after the revert, once so many probes have succeeded', () => {
    const joins = predict.joinsEndpoints(of(failing(['readiness']), ready))
    expect(window(joins)).toEqual([11_500, ms(proxyGoes) + 6_000 + 18_000 + follow])
  })

  test('are joined again after a restart, once it is ready: seen at 20 to 25 s of one ready from 20 s on', () => {
    const joins = predict.joinsEndpoints(of(killed, textbook))
    expect(joins?.earliestMs).toBe(14_000)
    const [restart = 0] = [predict.restarts(of(killed, textbook), 1)?.latestMs]
    expect(joins?.latestMs).toBe(restart + 15_000 + 6_000 + 6_000 + ms(...endpointsFollow))
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
  const created = ms(replacementCreated, sandboxStarts, plegStart) + status

  test('of a deleted pod comes at once, and is ready when its probes say so', () => {
    expect(window(predict.replaced(of(deleted, app())))).toEqual([0, created])
    expect(window(predict.replaced(of(forced, textbook)))).toEqual([14_000, created + 27_000])
  })

  test('of one that its controller let go comes as if it had been deleted, and its endpoint goes at once', () => {
    const orphaned: FaultEffect = { does: 'orphan-pod', podUid: 'p' }
    expect(window(predict.replaced(of(orphaned, app())))).toEqual([0, created])
    expect(window(predict.leavesEndpoints(of(orphaned, app())))).toEqual([0, ms(...endpointsFollow)])
    expect(predict.recovers(of(orphaned, app()))?.latestMs).toBe(created + ms(...endpointsFollow))
    expect(predict.exits(of(orphaned, app()))).toBeUndefined()
    expect(predict.restarts(of(orphaned, app()), 1)).toBeUndefined()
  })

  test("of a deleted node's pod comes when PodGC has taken it: 40 to 80 s; seen at 42 to 75 s", () => {
    expect(window(predict.replaced(of(nodeGone, app())))).toEqual([40_000, 80_000 + created])
    // PodGC may believe at once that it is gone.
    const again: FaultEffect = { ...nodeGone, isYoung: true }
    expect(window(predict.replaced(of(again, app())))).toEqual([0, 80_000 + created])
  })

  test('is ready less than its initial delay after the deletion, where its container started late in a second', () => {
    // Seen: deleted at 17,154 ms, started at 17,652, ready at 20,964. The whole second began before the deletion.
    const pod = app({ readinessProbe: { initialDelaySeconds: 4, periodSeconds: 1 } })
    expect(predict.replaced(of(deleted, pod))?.earliestMs).toBeLessThan(20_964 - 17_154)
  })

  test('waits for the startup probe, and for the slowest container', () => {
    const startupProbe = { initialDelaySeconds: 2, periodSeconds: 3, failureThreshold: 10 }
    const slow = { name: 'slow', startupProbe, readinessProbe: { periodSeconds: 1 } }
    const pod = { containers: [{ name: 'app' }, slow, { name: 'other', readinessProbe: {} }] }
    expect(window(predict.replaced(of(deleted, pod)))).toEqual([1_000, created + 32_000 + 2_000])
  })

  test('names the init containers that run before it, whose time nobody knows', () => {
    const pod = { ...app(), initContainers: [{ name: 'migrate' }] }
    const { because = [] } = predict.replaced(of(deleted, pod)) ?? {}
    expect(because.find(({ term }) => term.includes('migrate'))).toMatchObject({ earliestMs: 0, ms: 0 })
    expect(window(predict.replaced(of(deleted, pod)))).toEqual([0, created])
  })

  test.each([killed, failing(['liveness']), failing(['readiness'])])('does not follow %o', (effect) => {
    expect(predict.replaced(of(effect, textbook))).toBeUndefined()
  })
})

describe('the recovery of a workload', () => {
  test('from the loss of a pod is its replacement, and the EndpointSlice', () => {
    const replaced = predict.replaced(of(deleted, textbook))
    expect(window(predict.recovers(of(deleted, textbook)))).toEqual([
      ...[replaced?.earliestMs, (replaced?.latestMs ?? 0) + ms(...endpointsFollow)],
    ])
  })

  test('from a failed liveness waits for the back-off that is due by then', () => {
    const latestMs = (restartsBefore: number) =>
      predict.recovers(of(failing(['liveness']), textbook, restartsBefore))?.latestMs ?? 0
    // The second and the third restart, in place of the first and the second.
    expect(latestMs(1) - latestMs(0)).toBe(25_000 + 35_000 - 25_000)
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
    const ready = 15_000 + 6_000 + 6_000 + status
    expect(window(predict.recovers(liveness))).toEqual([
      ...[0, restart + 25_000 + ready + ms(proxyGoes, ...endpointsFollow)],
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

test('which may be asked first a whole period after the receipt, and hang, and whose event takes its time', () => {
  const livenessProbe = { periodSeconds: 10, timeoutSeconds: 20, failureThreshold: 3 }
  const watched = (failure: ProbeFailure) =>
    longEnoughToRestart(of(failing(['readiness'], failure), app({ livenessProbe }, 30)))
  expect(watched(answered)).toBe(10_000 + 20_000 + 3_000)
  expect(watched({ with: 'silence' })).toBe(10_000 + 2 * 20_000 + 20_000 + 3_000)
})

test('a start is noticed as an end is, wherever a container starts', () => {
  const starts = [predict.restarts(of(killed, textbook), 1), predict.replaced(of(deleted, textbook))]
  for (const prediction of starts) expect(prediction?.because).toContain(plegStart)
  const twice = predict.restarts(of(failing(['liveness']), textbook), 2)?.because ?? []
  expect(twice.filter((term) => term === plegStart)).toHaveLength(2)
})

test('what Kubernetes itself sets is told from what the machine takes', () => {
  const prediction = predict.restarts(of(failing(['liveness']), textbook), 1)
  const periods = 10_000 + 32_000 + ms(plegRelist, plegStart)
  expect(prediction && terms.periodsMs(prediction)).toBe(periods)
  expect(prediction?.latestMs).toBe(periods + ms(runtimeEnds, containerStart, statusArrives))
})

test('a longer period makes no window earlier, in a pod of two containers either', () => {
  const pod = (periodSeconds: number): PodTiming => ({
    containers: [
      { name: 'a', readinessProbe: { periodSeconds } },
      { name: 'b', readinessProbe: { initialDelaySeconds: 20, periodSeconds: 1 } },
    ],
  })
  const earliestMs = (period: number) => predict.replaced(of(deleted, pod(period)))?.earliestMs
  expect(earliestMs(1)).toBe(19_000)
  expect(earliestMs(30)).toBe(19_000)
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
