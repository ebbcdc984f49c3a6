import { describe, expect, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { resultSchema } from '../model/result.ts'
import type { Recorder } from '../observe/recorder.ts'
import {
  answeredRequest,
  exited,
  lostRequest,
  pod,
  replicated,
  running,
  signalled,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { seenIn } from './seen.ts'

const seen = (atMs: number, parts: Parameters<typeof pod>[0] = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod(parts), type)
const workload: Observation = {
  ...{ source: 'workload', atMs: 0 },
  workload: {
    ...{ name: 'web', namespace: 'shop', services: [] },
    roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }],
  },
}
const owned = [workload, watched('ReplicaSet', 1, replicated('rs', 1, 1, 'd'))]
const see = (observations: Observation[], faults: FaultRecord[] = [], hasTraffic = true) =>
  seenIn({ timeline: timelineOf(...observations) } as Recorder, faults, hasTraffic)
const many = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('the traffic of a scenario', () => {
  test('is told with its latency, of the requests through Services that were answered', () => {
    const answered = many(100).map((i) => answeredRequest(10 * i, { tookMs: i + 1 }))
    const others = [
      answeredRequest(1, { address: '10.0.0.1', tookMs: 9_000 }),
      lostRequest(1_000, { tookMs: 5_000 }),
    ]
    expect(see([...answered, ...others]).traffic).toMatchObject({
      ...{ requests: 101, lost: 1 },
      latency: { p50: 50, p95: 95, p99: 99, max: 100 },
    })
  })

  test('has no latency where nothing was answered, and nothing to explain where nothing was lost', () => {
    expect(see([lostRequest(1)]).traffic).not.toHaveProperty('latency')
    expect(see([answeredRequest(1)]).traffic).not.toHaveProperty('explanations')
    expect(see([answeredRequest(1)], [], false)).not.toHaveProperty('traffic')
  })

  test('has the first two hundred losses joined to their pods, and all of them counted and explained', () => {
    const lost = many(250).map((i) => lostRequest(1_000 + i, { pod: 'web-1', lost: 'reset' }))
    const { traffic } = see([seen(1), ...lost])
    expect(traffic?.losses).toHaveLength(200)
    expect(traffic?.losses[199]).toMatchObject({ atMs: 1_199, pod: 'web-1', podKnownBy: 'answer' })
    expect(traffic).toMatchObject({ requests: 250, lost: 250, explanations: [{ pod: 'web-1', lost: 250 }] })
  })
})

describe('the stops of a scenario', () => {
  const stop = (name: string, atMs: number) => [
    ...[seen(atMs, { name, grace: 30 }), signalled(atMs + 100, name), exited(atMs + 900, name)],
  ]

  test('are those of its workloads` pods, one for each container that ran', () => {
    const two = { containers: { app: running('web-1-id1'), side: running('side-id') } }
    const { shutdowns } = see([
      ...[...owned, seen(2, two), seen(1_000, { ...two, grace: 30 }), exited(1_900, 'web-1')],
      ...[seen(2, { name: 'x', owner: 'other' }), seen(1_000, { name: 'x', owner: 'other', grace: 30 })],
      ...[seen(2, { name: 'web-2' }), ...stop('web-2', 2_000)],
    ])
    expect(shutdowns?.map(({ subject, container, exit }) => `${subject}/${container} ${exit?.code}`)).toEqual(
      ['Pod/shop/web-1/app 0', 'Pod/shop/web-1/side undefined', 'Pod/shop/web-2/app 0'],
    )
  })

  test('are none where no pod was told to stop, or only by force', () => {
    expect(see([...owned, seen(2)])).not.toHaveProperty('shutdowns')
    expect(see([...owned, seen(2), seen(1_000, { grace: 0 }), exited(1_900, 'web-1')])).not.toHaveProperty(
      'shutdowns',
    )
  })
})

describe('the story of a scenario', () => {
  test('leaves out the harness` own pods', () => {
    const labels = { 'rolypoly.dev/role': 'prober' }
    const { intervals } = see([seen(1), seen(1, { name: 'prober', labels, owner: null })])
    expect(new Set(intervals?.map(({ subject }) => subject))).toEqual(
      new Set(['Pod/shop/web-1', 'Pod/shop/web-1/app']),
    )
  })

  test('has its faults as far as a reader needs them, and its gaps', () => {
    const fault: FaultRecord = {
      ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 900 },
      effect: { does: 'delete-pod', podUid: 'web-1', force: false },
      ...{ receipt: { atMs: 950, observedBy: 'watch of pods', evidence: 'gone' }, revertedAtMs: undefined },
    }
    const gap: Observation = { source: 'gap', fromMs: 2, atMs: 7, watch: 'Pod', reason: 'expired' }
    const { faults, gaps } = see([gap], [fault, { ...fault, receipt: null, revertedAtMs: 2_000 }])
    const told = { kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 900 }
    expect(faults).toEqual([
      { ...told, receipt: fault.receipt },
      { ...told, receipt: null, revertedAtMs: 2_000 },
    ])
    expect(gaps).toEqual([{ watch: 'Pod', reason: 'expired', fromMs: 2, toMs: 7 }])
  })

  test('is one that result.json can hold', () => {
    const lost = [lostRequest(1_150, { pod: 'web-1', lost: 'reset', ageMs: 100, port: 40_000 })]
    const story = see([
      ...[...owned, seen(2), answeredRequest(500), seen(1_000, { grace: 30 })],
      ...[signalled(1_100, 'web-1'), exited(1_900, 'web-1'), ...lost],
    ])
    const scenarios = resultSchema.shape.scenarios.element
    const rest = {
      id: 'a',
      title: 'a',
      file: 'a',
      exclusive: false,
      verdict: 'passed',
      startedAt: '',
      durationMs: 1,
    }
    const whole = { ...rest, claims: [], diagnostics: [], ...story }
    const { traffic, shutdowns } = scenarios.parse(whole)
    expect({ traffic, shutdowns }).toEqual({ traffic: story.traffic, shutdowns: story.shutdowns })
    expect(whole).toMatchObject({
      traffic: { losses: [{ sinceSignalMs: 51 }] },
      shutdowns: [{ endedBy: 'itself' }],
    })
  })
})
