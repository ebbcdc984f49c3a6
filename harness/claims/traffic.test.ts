import { describe, expectTypeOf, expect as plain, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import {
  answeredRequest,
  exited,
  FakeRecording,
  fakeStage,
  lostRequest,
  pod,
  replicated,
  signalled,
  slice,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { ledgerOf } from './ledger.ts'
import { expect } from './matchers.ts'
import { askedSince, trafficOf } from './traffic.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [{ name: 'web', selector: { app: 'web' } }] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'deploy', replicas: 1 }],
}
const spec = { terminationGracePeriodSeconds: 5, containers: [{ name: 'app' }] }
const deleted: FaultRecord = {
  ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 1_000 },
  effect: { does: 'delete-pod', podUid: 'web-1', force: false },
  ...{ receipt: { atMs: 1_100, observedBy: 'watch of pods', evidence: '' }, revertedAtMs: undefined },
}
const before: Observation[] = [
  { source: 'workload', atMs: 10, workload: shape },
  watched('Deployment', 20, replicated('deploy', 1)),
  watched('ReplicaSet', 20, replicated('rs', 1, 1, 'deploy')),
  watched('Pod', 30, pod()),
  watched('EndpointSlice', 40, slice('s', [{ of: 'web-1' }])),
]
const stop: Observation[] = [
  watched('Pod', 1_100, pod({ grace: 5 })),
  watched('EndpointSlice', 1_150, slice('s', [{ of: 'web-1', ready: false, terminating: true }])),
  ...[signalled(1_200, 'web-1'), exited(2_000, 'web-1')],
]
/** A request every 20 ms for so long; each says that web-1 answered it. */
const steadily = (fromMs: number, untilMs: number) =>
  Array.from({ length: (untilMs - fromMs) / 20 }, (_, i) =>
    answeredRequest(fromMs + 20 * i, { pod: 'web-1' }),
  )

function deployed(coming: Observation[], { settledMs = 99_999, services = ['web'] } = {}) {
  const sorted = [...before, ...coming].sort((a, b) => a.atMs - b.atMs)
  const recording = new FakeRecording(...sorted)
  recording.passUntil(1_000)
  const stage = fakeStage(recording, deleted)
  stage.traffic.push(...services.map((service) => ({ service, settledMs: () => settledMs })))
  const app = new Workload(stage, shape, spec)
  const one = new Pod(app, { metadata: { name: 'web-1', namespace: 'shop', uid: 'web-1' }, spec })
  const claims = async () => {
    recording.passUntil(10_000)
    await ledgerOf(stage).close()
    return ledgerOf(stage).entries.map(({ result }) => `${result.verdict}: ${result.message}`)
  }
  return { app, pod: one, stage, claims }
}

test('claims about traffic are judged from the recording, and told with what they were judged by', async () => {
  const { app, pod: hurt, claims } = deployed([...steadily(0, 10_000), ...stop])
  await expect(app).toKeepLatency({ p50: '20ms', p99: '200ms' })
  await expect(app).toHaveGapOf({ atMost: '500ms' })
  await expect(app).toLoseRequests({ atMost: 0 })
  await expect(hurt).toShutDownGracefully()
  plain(await claims()).toEqual([
    'passed: Deployment/shop/web: of 450 requests p50 took 10 ms, p99 took 10 ms from 1.00 s to 10.00 s',
    'passed: Deployment/shop/web: never more than 20 ms without a good answer from 1.00 s to 10.00 s',
    'passed: Deployment/shop/web: 0 of 450 requests lost from 1.00 s to 10.00 s',
    plain.stringMatching(
      /^passed: Pod\/shop\/web-1\/app: stopped on SIGTERM with exit code 0, answered the \d+ requests that it had or still got, .*, 900 ms after deletePod landed$/,
    ),
  ])
})

test('claims about traffic that do not hold say what was promised, and what was seen when', async () => {
  const lost = Array.from({ length: 60 }, (_, i) =>
    lostRequest(2_000 + 20 * i, { pod: 'web-1', lost: 'reset' }),
  )
  const coming = [...steadily(0, 2_000), ...lost, ...steadily(3_200, 10_000), ...stop]
  const { app, pod: hurt, claims } = deployed(coming)
  await expect(app).toKeepLatency({ p50: '20ms', p95: '200ms' })
  await expect(app).toHaveGapOf({ atMost: '500ms' })
  await expect(hurt).toShutDownGracefully({ exitCode: 3 })
  plain(await claims()).toEqual([
    'violated: Deployment/shop/web: expected requests to take no longer than p50 20 ms, p95 200 ms from 1.00 s on, but of 450 requests p50 took 10 ms, p95 was lost, the first over its limit at 2.00 s',
    'violated: Deployment/shop/web: expected good answers never more than 500 ms apart from 1.00 s on, but Service web gave no good answer for 1.2 s from 1.99 s on, seen at 3.21 s',
    plain.stringMatching(
      /^violated: Pod\/shop\/web-1\/app: expected to end by itself with exit code 3, and to lose no request within .*, but it ended with exit code 0 at 2\.00 s$/,
    ),
  ])
})

test('a latency that is too high at first may be good in the end', async () => {
  const slow = Array.from({ length: 60 }, (_, i) => answeredRequest(1_000 + i, { tookMs: 900 }))
  const { app, stage, claims } = deployed([...slow, ...steadily(2_000, 9_000), ...stop])
  await expect(app).toKeepLatency({ p50: '20ms' })
  // The damage was seen at 1.1 s, and its consequences are waited for.
  plain(stage.recording.now()).toBe(3_100)
  plain(await claims()).toEqual([plain.stringMatching(/^passed: .* p50 took 10 ms from/)])
})

test('a record of the traffic that is not complete leaves them unjudged', async () => {
  const { app, claims } = deployed([...steadily(0, 5_000), ...stop], { settledMs: 5_000 })
  await expect(app).toKeepLatency({ p99: '200ms' })
  await expect(app).toHaveGapOf({ atMost: '500ms' })
  const incomplete = 'inconclusive: Deployment/shop/web: the record of the traffic is not complete'
  plain(await claims()).toEqual([incomplete, incomplete])
})

describe('what is refused', () => {
  const asks = (of: object, claim: string, options?: object) =>
    plain((async () => Reflect.apply(Reflect.get(of, claim), of, options ? [options] : []))()).rejects

  test('an option that the claim does not have', async () => {
    const { app, pod: hurt } = deployed([])
    await asks(expect(app), 'toKeepLatency', { p90: '1s' }).toThrow(
      'toKeepLatency: has no option "p90"; it has p50, p95, p99',
    )
    await asks(expect(app), 'toHaveGapOf', { atmost: '1s' }).toThrow(
      'toHaveGapOf: has no option "atmost"; it has atMost',
    )
    await asks(expect(hurt), 'toShutDownGracefully', { code: 0 }).toThrow(
      'toShutDownGracefully: has no option "code"; it has exitCode, container, within',
    )
  })

  test('a latency without a limit, or one that is no duration', async () => {
    const { app } = deployed([])
    const none = "toKeepLatency: no limit was given; say one such as { p99: '200ms' }"
    await asks(expect(app), 'toKeepLatency').toThrow(none)
    await asks(expect(app), 'toKeepLatency', { p99: undefined }).toThrow(none)
    await asks(expect(app), 'toKeepLatency', { p99: 'soon' }).toThrow(/"soon"/)
    await asks(expect(app), 'toHaveGapOf', { atMost: 'never' }).toThrow(/"never"/)
  })

  test.each([-1, 256, 1.5, Number.NaN])('the exit code %d', async (exitCode) => {
    const { pod: hurt } = deployed([])
    await asks(expect(hurt), 'toShutDownGracefully', { exitCode }).toThrow(
      `toShutDownGracefully: exitCode is ${exitCode}; a whole number up to 255 is expected`,
    )
  })

  test('a claim about a pod for a workload, and the other way round', async () => {
    const { app, pod: hurt } = deployed([])
    await asks(expect(app), 'toShutDownGracefully').toThrow('toShutDownGracefully: is a claim about a pod')
    await asks(expect(hurt), 'toKeepLatency').toThrow('toKeepLatency: is a claim about a workload')
    await asks(expect(hurt), 'toHaveGapOf').toThrow('toHaveGapOf: is a claim about a workload')
    expectTypeOf(expect(app).toShutDownGracefully).toBeNever()
    expectTypeOf(expect(hurt).toKeepLatency).toBeNever()
    expectTypeOf(expect(hurt).toHaveGapOf).toBeNever()
    expectTypeOf(expect(hurt).toShutDownGracefully).toBeCallableWith({ exitCode: 143, within: '10s' })
  })

  test.each([
    ['toKeepLatency', { p99: '1s' }],
    ['toHaveGapOf', { atMost: '1s' }],
    ['toLoseRequests', { atMost: 0 }],
    ['toShutDownGracefully', {}],
  ])('%s where no traffic is sent to the workload, though another has some', async (claim, options) => {
    const { app, pod: hurt } = deployed([], { services: ['api'] })
    await asks(expect(claim === 'toShutDownGracefully' ? hurt : app), claim, options).toThrow(
      `Deployment/shop/web: ${claim} needs traffic, and none was sent to it`,
    )
  })
})

test('the traffic of a workload is settled when that of each of its Services is', () => {
  const stage = fakeStage(new FakeRecording())
  const services = ['web', 'admin', 'quiet'].map((name) => ({ name, selector: {} }))
  const workload = new Workload(stage, { ...shape, services }, spec)
  stage.traffic.push({ service: 'web', settledMs: () => 2_000 }, { service: 'admin', settledMs: () => 1_000 })
  stage.traffic.push({ service: 'api', settledMs: () => 0 })
  const { services: asked, settled } = trafficOf(workload, 'toHaveGapOf')
  plain(asked).toEqual(['web', 'admin'])
  plain([settled(1_000), settled(1_001)]).toEqual([true, false])
})

test('requests since a time are those that ended at it or later, through these Services', () => {
  const { traffic } = timelineOf(
    ...[answeredRequest(89), answeredRequest(90), answeredRequest(100)],
    ...[answeredRequest(100, { service: 'api' }), answeredRequest(100, { address: '10.0.0.1' })],
  )
  plain(askedSince(traffic, ['web'], 100).map(({ sentMs }) => sentMs)).toEqual([90, 100])
  plain(askedSince(traffic, ['web', 'api'], 100)).toHaveLength(3)
})
