import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import {
  answeredRequest,
  exited,
  lostRequest,
  pod,
  type RequestParts,
  route,
  running,
  signalled,
  slice,
  timelineOf,
  watched,
} from './testing.ts'
import { answersOf, lostBy } from './ways.ts'

const ip = '10.244.1.12'
const seen = (atMs: number, parts: Parameters<typeof pod>[0] = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ ip, ...parts }), type)
const port = 49_322
const reused: RequestParts = { connection: 'reused', lost: 'reset', pod: 'web-1', ageMs: 300 }
const neu: RequestParts = { connection: 'new', lost: 'refused', address: ip }

/** In which way a request to web-1 was lost that was sent at that time. */
function wayOf(atMs: number, parts: RequestParts, ...observations: Observation[]) {
  const timeline = timelineOf(seen(1), ...observations, lostRequest(atMs, parts))
  const last = timeline.traffic.asked.at(-1)
  if (!last) throw new Error('a request was expected')
  return lostBy(timeline, last, answersOf(timeline)).way
}

/** Told to stop at 1 s, and ended at 3 s. */
const stop = [seen(900, { grace: 30 }), signalled(1_000, 'web-1'), exited(3_000, 'web-1')]

test('an answer that is no success is a bad answer, whatever else befell', () => {
  expect(wayOf(2_000, { ...neu, lost: 'status' }, ...stop)).toBe('bad answer')
  expect(wayOf(5_000, { ...reused, lost: 'status' }, ...stop)).toBe('bad answer')
  expect(wayOf(2_000, { lost: 'status' })).toBe('bad answer')
})

describe('while the container still runs', () => {
  test('a new connection that it does not take after its signal: it stopped listening', () => {
    expect(wayOf(1_100, neu, ...stop)).toBe('stopped listening')
    expect(wayOf(1_100, { ...neu, lost: 'unreachable' }, ...stop)).toBe('stopped listening')
    expect(wayOf(1_100, { ...neu, lost: 'reset', tookMs: 40 }, ...stop)).toBe('stopped listening')
  })

  test('the clocks of the two may be 20 ms apart, and no more', () => {
    expect(wayOf(979, neu, ...stop.slice(1))).toBe('stopped listening')
    expect(wayOf(978, neu, ...stop.slice(1))).toBe('unknown')
  })

  test('a connection with a request on it that is closed: it was cut', () => {
    expect(wayOf(1_100, { ...reused, tookMs: 101 }, ...stop)).toBe('cut')
    expect(wayOf(500, { ...neu, lost: 'reset', tookMs: 700 }, ...stop)).toBe('cut')
    expect(wayOf(980, { ...neu, lost: 'reset', tookMs: 700 }, ...stop)).toBe('stopped listening')
    expect(wayOf(979, { ...neu, lost: 'reset', tookMs: 700 }, ...stop)).toBe('cut')
  })

  test('a kept connection that is closed just as a request comes: it was not being worked on', () => {
    expect(wayOf(1_100, { ...reused, tookMs: 100 }, ...stop)).toBe('closing')
    expect(wayOf(1_000, { ...reused, tookMs: 50 }, ...stop)).toBe('closing')
    expect(wayOf(999, { ...reused, tookMs: 50 }, ...stop)).toBe('cut')
  })

  test('on a slow machine that takes longer, but an API server that is away makes none slow', () => {
    const outage = { source: 'fault', fault: 0, lasting: true, kind: 'stopControlPlane' } as const
    const slow = { source: 'noise', atMs: 900, apiMs: 500, watchMs: 500 } as const
    const way = (target: string) =>
      wayOf(
        1_100,
        { ...reused, tookMs: 150 },
        ...stop,
        { ...outage, target, phase: 'landed', atMs: 800 },
        slow,
      )
    expect([way('kube-scheduler'), way('kube-apiserver')]).toEqual(['closing', 'cut'])
  })

  test('a request that waits until it times out: it is not answered any more', () => {
    const long = [signalled(1_000, 'web-1'), exited(20_000, 'web-1')]
    expect(wayOf(1_100, { ...neu, lost: 'timeout', tookMs: 2_000 }, ...long)).toBe('unanswered')
    expect(wayOf(1_100, { ...reused, lost: 'timeout', tookMs: 2_000 }, ...long)).toBe('unanswered')
  })

  test('what was lost before it was told to stop, or with nothing the matter, has no known cause', () => {
    expect(wayOf(500, neu, ...stop)).toBe('unknown')
    expect(wayOf(500, reused, ...stop)).toBe('unknown')
    expect(wayOf(500, neu)).toBe('unknown')
  })
})

describe('about the container`s end', () => {
  test('a request that was on its connections ended with it', () => {
    expect(wayOf(2_500, { ...reused, tookMs: 500 }, ...stop)).toBe('ended with it')
    expect(wayOf(2_500, { ...neu, lost: 'reset', tookMs: 510 }, ...stop)).toBe('ended with it')
    expect(wayOf(2_500, { ...neu, lost: 'timeout', tookMs: 2_000 }, ...stop)).toBe('ended with it')
  })

  test('one that failed up to 250 ms before did too, for the runtime sees the end later; one before that did not', () => {
    expect(wayOf(2_500, { ...reused, tookMs: 250 }, ...stop)).toBe('ended with it')
    expect(wayOf(2_500, { ...reused, tookMs: 249 }, ...stop)).toBe('cut')
    expect(wayOf(2_500, { ...reused, tookMs: 249 }, exited(3_000, 'web-1', 1))).toBe('unknown')
  })

  test('one that failed before the pod answered another did not: the process was not dying yet', () => {
    const cut: RequestParts = { ...reused, tookMs: 350 }
    const answered = (ms: number, pod = 'web-1') => answeredRequest(ms - 10, { pod })
    expect(wayOf(2_500, cut, ...stop, answered(2_951))).toBe('cut')
    expect(wayOf(2_500, cut, ...stop, answered(2_950))).toBe('ended with it')
    const slow = { source: 'noise', atMs: 2_800, apiMs: 500, watchMs: 500 } as const
    expect(wayOf(2_500, cut, ...stop, slow, answered(2_951))).toBe('ended with it')
    // That was its next container's.
    expect(wayOf(2_500, cut, ...stop, answered(3_000))).toBe('ended with it')
    expect(wayOf(2_500, cut, ...stop, answered(2_951, 'web-2'))).toBe('ended with it')
    const lost = lostRequest(2_500, { ...reused, tookMs: 400 })
    expect(wayOf(2_500, cut, ...stop, lost)).toBe('ended with it')
    expect(wayOf(2_500, cut, exited(3_000, 'web-1', 1), answered(2_951))).toBe('ended with it')
  })

  test('one that came just then met a connection that the app was closing', () => {
    expect(wayOf(2_950, { ...reused, tookMs: 45 }, ...stop)).toBe('closing')
    expect(wayOf(2_950, { ...reused, tookMs: 45 }, exited(3_000, 'web-1', 1))).toBe('ended with it')
  })

  test('one that was sent more than 20 ms after it was sent to a container that had ended', () => {
    expect(wayOf(3_020, { ...reused, tookMs: 101 }, ...stop)).toBe('ended with it')
    expect(wayOf(3_021, { ...reused, tookMs: 5 }, ...stop)).toBe('sent after its end')
    expect(wayOf(3_400, neu, ...stop)).toBe('sent after its end')
    expect(wayOf(3_400, { ...neu, lost: 'timeout', tookMs: 2_000 }, ...stop)).toBe('sent after its end')
  })

  test('a new connection that was refused never was there to end with it', () => {
    expect(wayOf(2_998, neu, ...stop)).toBe('stopped listening')
    expect(wayOf(2_999, neu, ...stop)).toBe('sent after its end')
    expect(wayOf(2_990, { ...neu, lost: 'unreachable' }, ...stop)).toBe('stopped listening')
    const killed = exited(3_000, 'web-1', 137)
    expect(wayOf(2_749, neu, killed)).toBe('sent after its end')
    expect(wayOf(2_748, neu, killed)).toBe('unknown')
  })

  describe('that the runtime killed at the end of its grace period', () => {
    const killed = [
      signalled(1_000, 'web-1'),
      signalled(2_900, 'web-1', 'SIGKILL'),
      exited(3_000, 'web-1', 137),
    ]

    test('is dying from its SIGKILL on: what is lost then is lost by that, however short it was', () => {
      expect(wayOf(2_500, { ...reused, tookMs: 400 }, ...killed)).toBe('ended with it')
      expect(wayOf(2_890, { ...reused, tookMs: 10 }, ...killed)).toBe('ended with it')
      expect(wayOf(2_899, neu, ...killed)).toBe('sent after its end')
    })

    test('has nothing to show for an answer that is read after that', () => {
      const slowly = [...killed.slice(0, 2), exited(3_200, 'web-1', 137)]
      const answered = answeredRequest(3_090, { pod: 'web-1' })
      expect(wayOf(2_500, { ...reused, tookMs: 450 }, ...slowly, answered)).toBe('ended with it')
    })

    test('closed what it closed before of its own accord', () => {
      expect(wayOf(2_500, { ...reused, tookMs: 399 }, ...killed)).toBe('cut')
      expect(wayOf(2_889, { ...reused, tookMs: 10 }, ...killed)).toBe('closing')
      expect(wayOf(2_898, neu, ...killed)).toBe('stopped listening')
    })

    test('by its exit code, where the runtime does not tell', () => {
      const [signal, , exit] = killed
      const untold = [signal, exit].filter((one) => one !== undefined)
      expect(wayOf(2_749, reused, ...untold)).toBe('ended with it')
      expect(wayOf(2_748, reused, ...untold)).toBe('closing')
    })
  })

  test('that of a pod that was deleted by force is when its object went, where nothing else tells', () => {
    const gone = seen(3_000, { grace: 0 }, 'DELETED')
    expect(wayOf(3_100, neu, gone)).toBe('sent after its end')
    expect(wayOf(2_500, { ...reused, tookMs: 500 }, gone)).toBe('ended with it')
  })
})

test('without a way into the nodes, the deletion says when it was told to stop', () => {
  const deleted = seen(1_000, { grace: 30 })
  expect(wayOf(1_100, neu, deleted)).toBe('stopped listening')
  expect(wayOf(1_100, { ...reused, tookMs: 101 }, deleted)).toBe('cut')
  expect(wayOf(900, reused, deleted)).toBe('unknown')
  expect(wayOf(1_100, reused, seen(1_000, { grace: 0 }))).toBe('unknown')
})

describe('a container that runs again has got over its end', () => {
  const again = (ready: boolean) => seen(5_000, { ready, containers: { app: running('id2', 1) } })
  const ended = [signalled(1_000, 'web-1'), exited(3_000, 'web-1')]
  const answered = (ms: number) => answeredRequest(ms - 10, { pod: 'web-1' })

  test('what is lost then has another cause', () => {
    expect(wayOf(4_000, neu, ...ended, again(true))).toBe('sent after its end')
    expect(wayOf(6_000, neu, ...ended, again(true))).toBe('unknown')
  })

  test('and is refused before it is ready: the app does not listen yet', () => {
    const restarted = [...ended, again(false)]
    const ready = seen(6_000, { containers: { app: running('id2', 1) } })
    const unready = seen(6_100, { ready: false, containers: { app: running('id2', 1) } })
    expect(wayOf(5_000, neu, ...restarted)).toBe('not listening yet')
    expect(wayOf(4_999, neu, ...restarted)).toBe('sent after its end')
    expect(wayOf(5_999, neu, ...restarted, ready)).toBe('not listening yet')
    expect(wayOf(6_000, neu, ...restarted, ready)).toBe('unknown')
    expect(wayOf(6_500, neu, ...restarted, ready, unready)).toBe('unknown')
    expect(wayOf(5_100, { ...neu, lost: 'timeout', tookMs: 2_000 }, ...restarted)).toBe('unknown')
  })

  test('and is refused before its first answer, ready or not', () => {
    expect(wayOf(5_500, neu, ...ended, again(true), answered(5_600))).toBe('not listening yet')
    expect(wayOf(5_500, neu, ...ended, again(true), answered(900), answered(5_600))).toBe('not listening yet')
    expect(wayOf(5_500, neu, ...ended, again(true), answered(5_400), answered(5_600))).toBe('unknown')
    expect(wayOf(5_500, neu, ...ended, again(false), answered(5_400))).toBe('unknown')
  })

  test('so does one that was never started before', () => {
    const fresh = (...more: Observation[]) => wayOf(500, neu, seen(400), ...more)
    expect(fresh()).toBe('unknown')
    expect(fresh(answered(600))).toBe('not listening yet')
    expect(fresh(answered(450), answered(600))).toBe('unknown')
  })
})

test('of a container that was frozen, what timed out was taken by the kernel and answered by nobody', () => {
  const fault = { source: 'fault', fault: 0, lasting: true, kind: 'freezeContainer' } as const
  const frozen = { ...fault, atMs: 1_000, phase: 'injecting', target: 'Pod/shop/web-1/app' } as const
  const timeout: RequestParts = { ...neu, lost: 'timeout', tookMs: 2_000 }
  expect(wayOf(1_500, timeout, frozen)).toBe('frozen')
  expect(wayOf(1_500, { ...timeout, connection: 'reused', ageMs: 300 }, frozen)).toBe('frozen')
  // What it is told meanwhile it does not hear.
  expect(wayOf(5_000, timeout, frozen, signalled(4_000, 'web-1'), exited(9_000, 'web-1', 137))).toBe('frozen')
  expect(wayOf(8_500, { ...neu, lost: 'reset', tookMs: 500 }, frozen, exited(9_000, 'web-1', 137))).toBe(
    'ended with it',
  )
  expect(wayOf(9_100, neu, frozen, exited(9_000, 'web-1', 137))).toBe('sent after its end')
  const again = seen(9_900, { containers: { app: running('id2', 1) } })
  expect(wayOf(9_950, timeout, frozen, exited(9_000, 'web-1', 137), again)).toBe('unknown')
  expect(wayOf(6_000, timeout, frozen, { ...frozen, atMs: 5_000, phase: 'reverted' })).toBe('unknown')
  expect(wayOf(1_500, { ...reused, tookMs: 50 }, frozen)).toBe('unknown')
  expect(wayOf(1_500, timeout, { ...frozen, target: 'Pod/shop/web-10/app' })).toBe('unknown')
})

test('on a node that was lost, it is the node', () => {
  const fault = { source: 'fault', atMs: 1_000, fault: 0, phase: 'injecting', lasting: true } as const
  const lost = { ...fault, kind: 'stopNode', target: 'Node/n1' }
  expect(wayOf(1_500, { ...neu, lost: 'timeout', tookMs: 2_000 }, lost)).toBe('node lost')
  expect(wayOf(1_500, { ...reused, lost: 'unreachable' }, lost, seen(9_000, {}, 'DELETED'))).toBe('node lost')
  expect(wayOf(1_500, { ...neu, lost: 'status' }, lost)).toBe('bad answer')
})

test('a pod that was never ready, and that nobody told to stop, was not ready yet', () => {
  const unready = (atMs: number, ready: boolean) => seen(atMs, { name: 'web-9', ip: '10.244.1.99', ready })
  const late: RequestParts = { ...neu, address: '10.244.1.99' }
  expect(wayOf(500, late, unready(400, false), unready(502, true))).toBe('not ready yet')
  expect(wayOf(501, late, unready(400, false), unready(502, true))).toBe('not listening yet')
  expect(wayOf(900, late, unready(400, false), unready(502, true), unready(600, false))).toBe('unknown')
})

describe('a new connection that was routed nowhere, while routes are followed', () => {
  const routes = route(50, 50_000, ip)
  const listed = (atMs: number, of: string[], service = 'web') => {
    const endpoints = of.map((name) => ({ of: name }))
    return watched('EndpointSlice', atMs, slice(service, endpoints, service))
  }
  const nobody = { port, connection: 'new' } as const

  test('had no endpoint to go to, where the Service had none', () => {
    expect(wayOf(5_000, nobody, routes)).toBe('no endpoint')
    expect(wayOf(5_000, nobody, routes, listed(1, ['web-1']), listed(4_000, []))).toBe('no endpoint')
    expect(wayOf(5_000, nobody, routes, listed(1, ['web-1'], 'api'))).toBe('no endpoint')
  })

  test('may have been refused up to two seconds before or after the Service had none', () => {
    const outage = [listed(1, ['web-1']), listed(14_000, []), listed(14_001, ['web-1'])]
    const ways = [11_999, 12_000, 16_000, 16_001].map((atMs) => wayOf(atMs, nobody, routes, ...outage))
    expect(ways).toEqual(['unknown', 'no endpoint', 'no endpoint', 'unknown'])
  })

  test('is of nobody known where the Service had endpoints all the while: its route was missed', () => {
    expect(wayOf(5_000, nobody, routes, listed(1, ['web-1']))).toBe('unknown')
    const others = [listed(1, ['web-1', 'web-2']), listed(4_000, ['web-2'])]
    expect(wayOf(5_000, nobody, routes, ...others)).toBe('unknown')
  })

  test('is of nobody known where it was routed to an address that is no pod`s', () => {
    expect(wayOf(5_000, { ...nobody, port: 50_000 }, route(5_000, 50_000, '192.0.2.1'))).toBe('unknown')
  })

  test('no such thing is said of reused connections, nor where no routes are followed', () => {
    expect(wayOf(5_000, { port, connection: 'reused' }, routes)).toBe('unknown')
    expect(wayOf(5_000, nobody)).toBe('unknown')
  })
})
