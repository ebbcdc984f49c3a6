import { describe, expect, test } from 'vitest'
import type { Observation, TrafficObservation } from '../model/observation.ts'
import { attribute, endpointStateAt, endsOf, fateOf, podOf } from './attribution.ts'
import {
  answeredRequest,
  ended,
  exited,
  lostRequest,
  type PodParts,
  pod,
  route,
  running,
  signalled,
  slice,
  timelineOf,
  watched,
} from './testing.ts'
import type { Asked } from './traffic.ts'

const [ipOf1, ipOf2] = ['10.244.1.12', '10.244.2.7']
const seen = (atMs: number, parts: PodParts = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ ip: ipOf1, ...parts }), type)
const port = 49_322

/** The timeline, and its last request. */
function asked(...observations: Observation[]) {
  const timeline = timelineOf(...observations)
  const last = timeline.traffic.asked.at(-1)
  if (!last) throw new Error('a request was expected')
  return { timeline, last }
}
const knownPod = (...observations: Observation[]) => {
  const { timeline, last } = asked(...observations)
  const known = podOf(timeline, last)
  return known && `${known.pod.uid} by ${known.by}`
}

describe('the pod of a request', () => {
  const both = [seen(1), seen(1, { name: 'web-2', ip: ipOf2 })]

  test('is the one that its connection was routed to, whoever it says that it was', () => {
    const to2 = route(1_000, port, ipOf2)
    expect(knownPod(...both, to2, lostRequest(1_000, { port }))).toBe('web-2 by route')
    expect(knownPod(...both, to2, lostRequest(1_000, { port, pod: 'web-1', connection: 'new' }))).toBe(
      'web-2 by route',
    )
  })

  test('is the endpoint that was asked itself', () => {
    expect(knownPod(...both, lostRequest(1_000, { address: ipOf2 }))).toBe('web-2 by route')
  })

  test('is otherwise the one that answered it, or had answered on its connection', () => {
    expect(knownPod(...both, answeredRequest(1_000, { pod: 'web-2' }))).toBe('web-2 by answer')
    expect(knownPod(...both, lostRequest(1_000, { pod: 'web-2' }))).toBe('web-2 by answer')
    const elsewhere = route(1_000, port, '192.0.2.1')
    expect(knownPod(...both, elsewhere, answeredRequest(1_000, { port, pod: 'web-2' }))).toBe(
      'web-2 by answer',
    )
  })

  test('is not known without either', () => {
    expect(knownPod(...both, lostRequest(1_000, { port }))).toBeUndefined()
    expect(knownPod(...both, lostRequest(1_000, { pod: 'api-1' }))).toBeUndefined()
    expect(knownPod(...both, route(1_000, port, '192.0.2.1'), lostRequest(1_000, { port }))).toBeUndefined()
  })

  const kept = (atMs: number, parts: Partial<TrafficObservation> = {}) =>
    lostRequest(atMs, { port, connection: 'reused', ageMs: 5_000, ...parts })

  test('whose IP was given to another later is still its own', () => {
    const later = [seen(9_000, {}, 'DELETED'), seen(9_500, { name: 'web-3' })]
    const opened = route(5_000, port, ipOf1)
    expect(knownPod(seen(1), opened, ...later, kept(10_000))).toBe('web-1 by route')
    expect(knownPod(seen(1), ...later, route(12_000, port, ipOf1), lostRequest(12_000, { port }))).toBe(
      'web-3 by route',
    )
  })

  test('whose name was given to another later is still its own', () => {
    const again = [
      ...[seen(1, { name: 'db-0', uid: 'first' }), seen(9_000, { name: 'db-0', uid: 'first' }, 'DELETED')],
      seen(9_500, { name: 'db-0', uid: 'second' }),
    ]
    expect(knownPod(...again, answeredRequest(5_000, { pod: 'db-0' }))).toBe('first by answer')
    expect(knownPod(...again, kept(10_000, { pod: 'db-0' }))).toBe('first by answer')
    expect(knownPod(...again, answeredRequest(10_000, { pod: 'db-0' }))).toBe('second by answer')
    const gone = again.slice(0, 2)
    expect(knownPod(...gone, answeredRequest(9_100, { pod: 'db-0' }))).toBe('first by answer')
  })
})

describe('the ends of containers', () => {
  test('are told once each, by the runtime`s clock where it told of them', () => {
    const timeline = timelineOf(
      seen(1),
      seen(500, { containers: { app: running('id2', 1, ended('web-1-id1')) } }),
      seen(900, { containers: { app: { restartCount: 1, state: ended('id2', 1) } } }),
      exited(460, 'web-1', 137),
    )
    expect(endsOf(timeline, 'web-1').map(({ kind, fromMs }) => `${kind} ${fromMs}`)).toEqual([
      'container-exited 460',
      'container-terminated 900',
    ])
  })
})

/** What had befallen web-1 by a request that was sent to it and failed a millisecond later. */
function fateAt(atMs: number, ...observations: Observation[]) {
  const { timeline, last } = asked(seen(1), ...observations, lostRequest(atMs, { pod: 'web-1' }))
  return fateOf(timeline, last)
}

describe('the fate of a pod', () => {
  test('is its signal and its end, also where they come after the request', () => {
    const stop = [signalled(1_000, 'web-1'), exited(3_000, 'web-1')]
    expect(fateAt(2_000, ...stop)).toMatchObject({
      ...{ signal: { fromMs: 1_000 }, end: { fromMs: 3_000 }, endedMs: 3_000 },
    })
    expect(fateAt(500, ...stop)).toMatchObject({ signal: { fromMs: 1_000 }, endedMs: 3_000 })
  })

  test('counts from the first signal where the runtime was asked twice, and SIGKILL is none to stop by', () => {
    const twice = [signalled(1_000, 'web-1'), signalled(2_000, 'web-1'), exited(3_000, 'web-1')]
    expect(fateAt(2_500, ...twice)?.signal?.fromMs).toBe(1_000)
    expect(fateAt(500, signalled(400, 'web-1', 'SIGKILL'), exited(410, 'web-1', 137))?.signal).toBeUndefined()
  })

  test('is its deletion where nothing told of its container`s end', () => {
    expect(fateAt(2_000, seen(1_500, {}, 'DELETED'))).toMatchObject({ endedMs: 1_500 })
    expect(fateAt(2_000)).not.toHaveProperty('endedMs')
  })

  test('is none that it had recovered from when the request was sent', () => {
    const restart = [
      ...[signalled(1_000, 'web-1'), exited(1_400, 'web-1', 137)],
      seen(3_000, { containers: { app: running('id2', 1, ended('web-1-id1')) } }),
    ]
    expect(fateAt(2_999, ...restart)).toMatchObject({ signal: { fromMs: 1_000 }, endedMs: 1_400 })
    expect(fateAt(3_000, ...restart)).not.toHaveProperty('endedMs')
    expect(fateAt(3_000, ...restart)).not.toHaveProperty('signal')
    const second = { containerID: 'id2' }
    const again = [signalled(9_000, 'web-1', 'SIGTERM', second), exited(9_400, 'web-1', 0, second)]
    expect(fateAt(9_500, ...restart, ...again)).toMatchObject({
      ...{ signal: { fromMs: 9_000 }, end: { detail: { exitCode: 0 } }, endedMs: 9_400 },
    })
  })

  test('is its own end still where another of its containers was restarted', () => {
    const containers = { app: running('web-1-id1'), side: running('side-2', 1, ended('side-1')) }
    expect(fateAt(3_000, exited(1_400, 'web-1', 137), seen(2_000, { containers }))).toMatchObject({
      endedMs: 1_400,
    })
  })

  test('is not the end of an init container', () => {
    const init = { setup: { restartCount: 0, state: ended('init-id', 0, 'Completed') } }
    expect(fateAt(60_000, seen(100, { ready: false, init }), seen(200, { init }))).not.toHaveProperty(
      'endedMs',
    )
  })

  test('of several containers is that of the one that ended, where none was told to stop', () => {
    const side = { container: 'side', containerID: 'side-id' }
    expect(fateAt(2_000, exited(1_000, 'web-1', 1), exited(9_000, 'web-1', 0, side))).toMatchObject({
      endedMs: 1_000,
    })
  })

  test('of several that were told to stop is the last one`s end: any of them may serve', () => {
    const side = { container: 'side', containerID: 'side-id' }
    const told = [signalled(1_000, 'web-1'), signalled(1_001, 'web-1', 'SIGTERM', side)]
    const ends = [exited(1_050, 'web-1', 0, side), exited(4_000, 'web-1')]
    expect(fateAt(2_000, ...told, ...ends)).toMatchObject({ endedMs: 4_000 })
    const restarted = [signalled(1_000, 'web-1'), exited(1_400, 'web-1'), exited(9_000, 'web-1', 0, side)]
    expect(fateAt(1_500, ...restarted)).toMatchObject({ endedMs: 1_400 })
  })
})

describe('the loss of a node', () => {
  const fault = (
    kind: string,
    atMs: number,
    phase: 'injecting' | 'reverted' = 'injecting',
    target = 'Node/n1',
  ) => ({ source: 'fault', atMs, fault: 0, phase, lasting: true, kind, target }) as const

  test.each(['stopNode', 'pauseNode'])(
    'by %s is the fate of its pods, though their ends are told of later',
    (kind) => {
      const later = seen(90_000, {
        ready: false,
        containers: { app: { restartCount: 0, state: ended('web-1-id1') } },
      })
      expect(fateAt(3_000, fault(kind, 1_000), later)).toMatchObject({
        ...{ nodeLost: { fromMs: 1_000 }, endedMs: 1_000 },
      })
      expect(fateAt(3_000, fault(kind, 1_000), later)).not.toHaveProperty('end')
    },
  )

  test('is none of a pod on another node, of a node without its Node object, or of one without its kubelet', () => {
    expect(fateAt(3_000, fault('stopNode', 1_000, 'injecting', 'Node/n2'))).not.toHaveProperty('nodeLost')
    expect(fateAt(3_000, fault('deleteNode', 1_000))).not.toHaveProperty('nodeLost')
    expect(fateAt(3_000, fault('stopKubelet', 1_000))).not.toHaveProperty('nodeLost')
  })

  test('is over with its revert, and does not begin before it', () => {
    const lost = [fault('pauseNode', 1_000), fault('pauseNode', 5_000, 'reverted')]
    expect(fateAt(4_999, ...lost)).toHaveProperty('nodeLost')
    expect(fateAt(5_000, ...lost)).toHaveProperty('nodeLost')
    expect(fateAt(5_001, ...lost)).not.toHaveProperty('nodeLost')
    expect(fateAt(999, ...lost)).toHaveProperty('nodeLost')
    expect(fateAt(998, ...lost)).not.toHaveProperty('nodeLost')
  })

  test('comes second where the container had ended before', () => {
    expect(fateAt(3_000, exited(900, 'web-1', 1), fault('stopNode', 1_000))).toMatchObject({ endedMs: 900 })
  })
})

describe('an endpoint`s state', () => {
  const listed = (atMs: number, conditions: object | null, service = 'web') =>
    watched(
      'EndpointSlice',
      atMs,
      slice(service, conditions ? [{ of: 'web-1', ...conditions }] : [], service),
    )
  const timeline = timelineOf(
    listed(100, { ready: false }),
    listed(200, {}),
    listed(300, { ready: false, serving: true, terminating: true }),
    listed(400, null),
  )
  const at = (ms: number, service = 'web') => endpointStateAt(timeline, 'web-1', service, ms)

  test('is what the EndpointSlices said at that moment', () => {
    expect([99, 100, 199, 200, 299, 300, 399, 400].map((ms) => at(ms))).toEqual([
      ...['gone', 'not ready', 'not ready', 'ready', 'ready', 'terminating', 'terminating', 'gone'],
    ])
  })

  test('is that in the Service that was asked, and of the pod that was', () => {
    expect(at(250, 'api')).toBe('gone')
    expect(endpointStateAt(timeline, 'web-2', 'web', 250)).toBe('gone')
  })
})

describe('a lost request', () => {
  test('is told with its pod, its endpoint, its connection`s age, and the times since signal and end', () => {
    const { timeline, last } = asked(
      ...[seen(1), watched('EndpointSlice', 2, slice('web', [{ of: 'web-1' }]))],
      ...[route(500, port, ipOf1), signalled(1_000, 'web-1'), exited(3_000, 'web-1')],
      lostRequest(1_500, { port, connection: 'reused', ageMs: 1_000, lost: 'reset', tookMs: 20 }),
    )
    expect(attribute(timeline, last)).toEqual({
      ...{ atMs: 1_500, tookMs: 20, reason: 'reset', endpoint: 'web', connection: 'reused' },
      ...{ connectionAgeMs: 1_000, pod: 'web-1', podKnownBy: 'route', endpointState: 'ready' },
      ...{ sinceSignalMs: 520, sinceEndMs: -1_480 },
    })
  })

  test('has the endpoint`s state of when it was sent', () => {
    const listed = [slice('web', [{ of: 'web-1' }]), slice('web', [])]
    const { timeline, last } = asked(
      ...[seen(1), ...listed.map((one, i) => watched('EndpointSlice', 2 + 1_000 * i, one))],
      lostRequest(900, { pod: 'web-1', tookMs: 500 }),
    )
    expect(attribute(timeline, last).endpointState).toBe('ready')
  })

  test('of nobody known is told as it is', () => {
    const { timeline, last } = asked(seen(1), lostRequest(1_000))
    expect(attribute(timeline, last as Asked)).toEqual({
      ...{ atMs: 1_000, tookMs: 1, reason: 'refused', endpoint: 'web', connection: 'new' },
    })
  })
})
