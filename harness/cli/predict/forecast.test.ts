import { describe, expect, test } from 'vitest'
import type { ServiceSpec, WorkloadSpec } from '../../predict/weak-spots.ts'
import { forecasts } from './forecast.ts'

const probe = { httpGet: { port: 80 }, periodSeconds: 5 }
const app = { name: 'app', livenessProbe: probe, readinessProbe: probe }
const service: ServiceSpec = {
  ...{ subject: 'Service/web', selector: { app: 'web' }, targetPorts: [80] },
  ...{ publishNotReadyAddresses: false, headless: false },
}
const web: WorkloadSpec = {
  ...{ subject: 'Deployment/web', kind: 'Deployment', replicas: 3, labels: { app: 'web' } },
  pod: { containers: [app] },
}

/** Each call, with what follows it: a sentence each, and `never` where it does not. */
function told(workload: WorkloadSpec, services = [service], version = '1.34') {
  const entries = forecasts(workload, services, { version }).map(({ call, follows }) => {
    const sentences = follows.map(
      ({ what, after, never }) => `${what}${never ? ': never' : ''} after ${after}`,
    )
    return [call, sentences] as const
  })
  return new Map(entries)
}

test('every fault that applies has what follows it, in the order of a scenario', () => {
  expect([...told(web)]).toEqual([
    [
      'killPod(pod)',
      [
        'the pod leaves its endpoints after the deletion',
        'a replacement is ready after the deletion',
        'every replica is in its endpoints again after the deletion',
      ],
    ],
    [
      'deletePod(pod)',
      [
        'app exits after the deletion',
        'the pod leaves its endpoints after the deletion',
        'a replacement is ready after the deletion',
        'every replica is in its endpoints again after the deletion',
      ],
    ],
    [
      'orphanPod(pod)',
      [
        'the pod leaves its endpoints after the loss',
        'a replacement is ready after the loss',
        'every replica is in its endpoints again after the loss',
      ],
    ],
    [
      'killContainer(pod)',
      [
        "app restarts after the container's end",
        "the pod leaves its endpoints after the container's end",
        "the pod joins its endpoints again after the container's end",
      ],
    ],
    [
      'freezeContainer(pod)',
      [
        'app restarts after the freezing',
        'the pod leaves its endpoints after the freezing',
        'the pod joins its endpoints again after the freezing',
      ],
    ],
    [
      "failProbe(pod, 'liveness')",
      [
        'app exits after the first failed probe',
        'app restarts after the first failed probe',
        'the pod leaves its endpoints after the first failed probe',
        'the pod joins its endpoints again after the revert',
      ],
    ],
    [
      "failProbe(pod, 'readiness')",
      [
        'the pod leaves its endpoints after the first failed probe',
        'the pod joins its endpoints again after the revert',
      ],
    ],
    [
      'deleteNode(pod)',
      [
        'the pod leaves its endpoints after the deletion',
        'a replacement is ready after the deletion',
        'every replica is in its endpoints again after the deletion',
      ],
    ],
    [
      'stopNode(pod)',
      [
        'the pod leaves its endpoints after the stop',
        'a replacement is ready after the stop',
        'every replica is in its endpoints again after the stop',
        'the pod joins its endpoints again after the node is started again, should that be before the eviction',
      ],
    ],
    [
      'partitionNode(pod)',
      [
        'the pod leaves its endpoints after the cut',
        'a replacement is ready after the cut',
        'every replica is in its endpoints again after the cut',
        'the pod joins its endpoints again after they talk again, should that be before the eviction',
      ],
    ],
    ...[
      ['drainNode(pod)', 'the cordon'],
      ["taintNode(pod, { key, effect: 'NoExecute' })", 'the taint'],
    ].map(([call, after]) => [
      call,
      [
        `the pod leaves its endpoints after ${after}`,
        `a replacement is ready after ${after}`,
        `every replica is in its endpoints again after ${after}`,
      ],
    ]),
    [
      'rollOut(app, chart)',
      [
        "every pod is of the new version and in its endpoints after the ReplicaSets' first change",
        "the Deployment tells that it makes no progress, where the new pods do not get ready after the ReplicaSets' first change",
      ],
    ],
    ['scale(app, { to: 4 })', ['every replica is ready and in its endpoints after the change']],
    ['scale(app, { to: 2 })', ['the pods that go leave their endpoints after the change']],
  ])
})

test('of a probe that is not there nothing is told, and a startup probe comes first', () => {
  const calls = (container: object) => [
    ...told({ ...web, pod: { containers: [{ name: 'app', ...container }] } }).keys(),
  ]
  const probes = (container: object) => calls(container).filter((call) => call.startsWith('failProbe'))
  expect(probes({})).toEqual([])
  expect(probes({ readinessProbe: probe, startupProbe: probe })).toEqual([
    "failProbe(pod, 'startup')",
    "failProbe(pod, 'readiness')",
  ])
})

test('of several containers each is named, and the pod is gone when all have ended', () => {
  const pod = { containers: [app, { name: 'side', lifecycle: { preStop: { sleep: { seconds: 9 } } } }] }
  const all = forecasts({ ...web, pod }, [], {})
  const calls = all.map(({ call }) => call)
  expect(calls).toContain("killContainer(pod, { container: 'side' })")
  expect(calls).toContain("failProbe(pod, 'liveness', { container: 'app' })")
  const deleted = all.find(({ call }) => call === 'deletePod(pod)')?.follows ?? []
  expect(deleted.slice(0, 3).map(({ what, predicted }) => [what, predicted?.earliestMs])).toEqual([
    ['app exits', 0],
    ['side exits', 9_000],
    ['the pod is gone', 9_000],
  ])
})

test('without a Service that lists it by its readiness, nothing is said of endpoints', () => {
  const endpoints = (services: ServiceSpec[]) =>
    [...told(web, services).values()].flat().filter((sentence) => sentence.includes('endpoints'))
  expect(endpoints([service]).length).toBeGreaterThan(5)
  expect(endpoints([])).toEqual([])
  expect(endpoints([{ ...service, selector: { app: 'shop' } }])).toEqual([])
  expect(endpoints([{ ...service, publishNotReadyAddresses: true }])).toEqual([])
})

test('what never follows is told with its reason', () => {
  const reasons = (workload: WorkloadSpec, room: number | null = null) =>
    forecasts(workload, [service], {}, room).flatMap(({ call, follows }) =>
      follows.flatMap(({ what, never, predicted }) => {
        expect([never, predicted].filter(Boolean)).toHaveLength(1)
        return never ? [`${call}: ${what}: ${never}`] : []
      }),
    )
  expect(reasons(web)).toEqual([])
  expect(reasons({ ...web, kind: 'Pod' })).toEqual(
    [
      ...['killPod(pod)', 'deletePod(pod)', 'orphanPod(pod)', 'deleteNode(pod)', 'stopNode(pod)'],
      ...['partitionNode(pod)', 'drainNode(pod)'],
      "taintNode(pod, { key, effect: 'NoExecute' })",
    ].map((call) => `${call}: a replacement is ready: no controller owns the pod`),
  )
  expect(reasons(web, 0)).toEqual([
    'drainNode(pod): a replacement is ready: its budget lets no pod be evicted',
  ])
  const forEver = { ...web, pod: { ...web.pod, tolerations: [{ operator: 'Exists' }] } }
  expect(reasons(forEver)).toEqual([
    'stopNode(pod): a replacement is ready: the pod tolerates an unreachable node without an end',
    'partitionNode(pod): a replacement is ready: the pod tolerates an unreachable node without an end',
    "taintNode(pod, { key, effect: 'NoExecute' }): a replacement is ready: the pod tolerates every taint without an end",
  ])
})

test('a drain takes as many rounds as the budget makes of it', () => {
  const recovers = (room: number | null) =>
    forecasts(web, [service], {}, room)
      .find(({ call }) => call === 'drainNode(pod)')
      ?.follows.at(-1)
      ?.predicted?.because.filter(({ term }) => term.startsWith('2 times at most')).length
  expect(recovers(1)).toBeGreaterThan(0)
  expect([recovers(3), recovers(null)]).toEqual([0, 0])
})

test('what is never restarted never joins its endpoints again', () => {
  const once = told({ ...web, pod: { ...web.pod, restartPolicy: 'Never' } })
  expect(once.get('killContainer(pod)')).toEqual([
    "app restarts: never after the container's end",
    "the pod leaves its endpoints after the container's end",
  ])
  expect(once.get("failProbe(pod, 'liveness')")?.at(-1)).toMatch(/^the pod leaves/)
  expect(once.get("failProbe(pod, 'readiness')")?.at(-1)).toMatch(/^the pod joins/)
  expect(once.get('stopNode(pod)')?.at(-1)).toMatch(/^every replica/)
})

test("the cluster's version counts", () => {
  const leaves = (version: string) =>
    forecasts(web, [service], { version }).find(({ call }) => call === 'stopNode(pod)')?.follows[0]?.predicted
      ?.earliestMs
  expect(leaves('1.31')).toBe(29_600)
  expect(leaves('1.34')).toBe(39_600)
})

describe('a Deployment that is changed', () => {
  const windowOf = (workload: WorkloadSpec, call: string, n = 0) => {
    const { predicted } =
      forecasts(workload, [service], {}).find((one) => one.call === call)?.follows[n] ?? {}
    return [predicted?.earliestMs, predicted?.latestMs]
  }
  const slow = {
    ...web,
    pod: { containers: [{ ...app, readinessProbe: { ...probe, initialDelaySeconds: 9 } }] },
  }

  test('rolls out in waves, by its own strategy', () => {
    const [oneByOne = 0] = windowOf(slow, 'rollOut(app, chart)')
    expect(oneByOne).toBe(24_000)
    const strategy = { rollingUpdate: { maxSurge: '100%' } }
    expect(windowOf({ ...slow, strategy }, 'rollOut(app, chart)')[0]).toBe(8_000)
    expect(windowOf({ ...slow, minReadySeconds: 6 }, 'rollOut(app, chart)')[0]).toBe(39_000)
    expect(windowOf(slow, 'scale(app, { to: 4 })')[0]).toBe(8_000)
  })

  test('tells of a stall after its progress deadline, or never where it has none', () => {
    const told = { ...web, progressDeadlineSeconds: 30 }
    expect(windowOf(told, 'rollOut(app, chart)', 1)[0]).toBe(29_000)
    const none = { ...web, progressDeadlineSeconds: 2_147_483_647 }
    const [, stall] =
      forecasts(none, [service], {}).find(({ call }) => call.startsWith('rollOut'))?.follows ?? []
    expect(stall).toMatchObject({ never: 'its progressDeadlineSeconds is none' })
  })

  test('is no bare Pod, and one without replicas is not scaled down', () => {
    const calls = (workload: WorkloadSpec) => forecasts(workload, [], {}).map(({ call }) => call)
    expect(calls({ ...web, kind: 'Pod' }).filter((call) => call.includes('app'))).toEqual([])
    expect(calls({ ...web, replicas: 0 }).filter((call) => call.startsWith('scale'))).toEqual([
      'scale(app, { to: 1 })',
    ])
  })
})

test('of a Job, another pod works after its back-off, and it fails where it has no try left', () => {
  const pod = { containers: [{ name: 'report' }], restartPolicy: 'Never' }
  const job: WorkloadSpec = {
    ...{
      subject: 'Job/report',
      kind: 'Job',
      replicas: 1,
      labels: {},
      pod,
      job: { parallelism: 1, completions: 1 },
    },
  }
  const all = told(job, [])
  expect(all.get('killContainer(pod)')).toEqual([
    "report restarts: never after the container's end",
    "another pod of it works after the container's end",
    "the Job fails, where it has no try left after the container's end",
  ])
  expect(all.get('deleteNode(pod)')).toEqual(['another pod of it works after the deletion'])
  expect(all.has('orphanPod(pod)')).toBe(false)
  const killed = forecasts(job, [], {}).find(({ call }) => call === 'killContainer(pod)')
  expect(killed?.follows[1]?.predicted?.earliestMs).toBe(7_000)
  const restarted = told({ ...job, pod: { ...pod, restartPolicy: 'OnFailure' } }, [])
  expect(restarted.get('killContainer(pod)')).toEqual(["report restarts after the container's end"])
})
