import { describe, expect, test } from 'vitest'
import type { Observation, TrafficObservation } from '../model/observation.ts'
import { explain } from './explain.ts'
import {
  answeredRequest,
  ended,
  exited,
  lostRequest,
  type PodParts,
  pod,
  type RequestParts,
  route,
  running,
  signalled,
  timelineOf,
  watched,
} from './testing.ts'

const [ipOf1, ipOf2] = ['10.244.1.12', '10.244.2.7']
const seen = (atMs: number, parts: PodParts = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ ip: ipOf1, ...parts }), type)
const prober = watched(
  'Pod',
  1,
  pod({
    name: 'rolypoly-prober-web',
    owner: null,
    labels: { 'rolypoly.dev/role': 'prober' },
    node: 'worker2',
  }),
)
const there = [prober, seen(1), seen(1, { name: 'web-2', ip: ipOf2 })]

let nextPort = 40_000
/** A request over a new connection that was routed to web-1, and lost. */
function routed(atMs: number, parts: RequestParts = {}, address = ipOf1): Observation[] {
  const port = nextPort++
  return [route(atMs, port, address), lostRequest(atMs, { port, ...parts })]
}
const kept = (atMs: number, parts: RequestParts = {}): TrafficObservation =>
  lostRequest(atMs, { pod: 'web-1', lost: 'reset', ...parts })

function told(...observations: Observation[]) {
  const timeline = timelineOf(...there, ...observations)
  return explain(timeline, timeline.traffic.losses)
}
const textOf = (...observations: Observation[]) => {
  const texts = told(...observations).map(({ text }) => text)
  expect(texts).toHaveLength(1)
  return texts[0]
}

const deleted = seen(1_000, { grace: 30 })
const stop = [deleted, signalled(1_050, 'web-1'), exited(3_050, 'web-1')]

describe('an app that stops listening before its endpoint is gone', () => {
  test('is told with its signal, the node that still routed to it, and the preStop sleep that would have covered it', () => {
    expect(textOf(...stop, ...[1_150, 1_400, 1_949].flatMap((atMs) => routed(atMs)))).toBe(
      '3 requests lost on new connections (refused), 0.1–0.9 s after SIGTERM of web-1, while node worker2 still routed to it: the app stopped listening before its endpoint was gone; a preStop sleep of 1 s would have covered it',
    )
  })

  test('would have needed a sleep until the last of them was sent, by whole seconds', () => {
    expect(textOf(...stop, ...routed(2_050))).toContain('; a preStop sleep of 1 s would')
    expect(textOf(...stop, ...routed(2_051))).toContain('; a preStop sleep of 2 s would')
    expect(textOf(...stop, ...routed(1_040))).toContain('; a preStop sleep of 1 s would')
  })

  test('has a preStop hook already, where its signal comes long after its deletion: that must take longer', () => {
    const hooked = [deleted, signalled(6_010, 'web-1'), exited(9_000, 'web-1')]
    expect(textOf(...hooked, ...routed(6_500))).toMatch(
      /gone; a preStop hook that takes 1 s longer would have covered it$/,
    )
  })

  test('needs a longer grace period for a hook that its own has no room for', () => {
    const slow = (grace: number) => [
      seen(1_050, { grace }),
      signalled(1_050, 'web-1'),
      exited(2_050, 'web-1'),
    ]
    expect(textOf(...slow(4), ...routed(5_050))).toMatch(/; a preStop sleep of 4 s would have covered it$/)
    expect(textOf(...slow(4), ...routed(5_051))).toMatch(
      /; a preStop sleep of 5 s, and a grace period that has room for it, would have covered it$/,
    )
    const hooked = [seen(1_000, { grace: 6 }), signalled(5_010, 'web-1'), exited(6_000, 'web-1')]
    expect(textOf(...hooked, ...routed(6_011))).toContain('takes 2 s longer, and a grace period that')
  })

  test('is not helped by a preStop hook where its pod was deleted by force', () => {
    const forced = (atMs: number) => [signalled(1_050, 'web-1'), seen(atMs, { grace: 0 }, 'DELETED')]
    const ended = exited(3_050, 'web-1')
    expect(textOf(...forced(1_000), ended, ...routed(3_500))).toMatch(
      /: the app ended before its endpoint was gone; its pod was deleted by force, which waits for no app to stop$/,
    )
    expect(textOf(...forced(2_550), ended, ...routed(3_500))).toContain('; its pod was deleted by force')
    expect(textOf(...forced(2_551), ended, ...routed(3_500))).toContain('; no preStop covers')
  })

  test('is not helped by a preStop hook where its container is restarted in place', () => {
    const restart = [signalled(1_050, 'web-1'), exited(3_050, 'web-1')]
    expect(textOf(...restart, ...routed(1_500))).toMatch(
      /gone; no preStop covers that, for the endpoint of a container that is restarted in place stays until it has ended$/,
    )
    expect(textOf(...restart, seen(60_000, { grace: 30 }), ...routed(1_500))).toContain('; no preStop covers')
  })

  test('may be told of its deletion after its signal, for the watch is late', () => {
    const late = [signalled(1_050, 'web-1'), exited(3_050, 'web-1'), seen(1_900, { grace: 30 })]
    expect(textOf(...late, ...routed(1_500))).toContain('; a preStop sleep of 1 s would')
  })

  test('is told by an image`s own stop signal', () => {
    const quit = [deleted, signalled(1_050, 'web-1', 'SIGQUIT'), exited(3_050, 'web-1')]
    expect(textOf(...quit, ...routed(1_150))).toContain(', 0.1 s after SIGQUIT of web-1, while')
  })

  test('is told by its deletion, where nobody can look into its node', () => {
    expect(textOf(deleted, kept(1_150, { tookMs: 150 }))).toBe(
      '1 request lost on a reused connection (reset), 0.3 s after the deletion of web-1: the app closed connections that requests were on',
    )
  })
})

describe('a pod that requests are sent to after its end', () => {
  test('that was told to stop should have gone on until its endpoint was gone', () => {
    expect(textOf(...stop, ...routed(3_150), ...routed(4_049))).toBe(
      '2 requests lost on new connections (refused), 0.1–1.0 s after web-1 had ended (exit code 0), while node worker2 still routed to it: the app ended before its endpoint was gone; a preStop sleep of 3 s would have covered it',
    )
  })

  test('by the time of sending, where they time out two seconds later', () => {
    expect(textOf(...stop, ...routed(3_400, { lost: 'timeout', tookMs: 2_000 }))).toMatch(
      /, 2\.4 s after web-1 had ended .*; a preStop sleep of 3 s would have covered it$/,
    )
  })

  test('that was killed outright had no chance', () => {
    expect(textOf(exited(3_050, 'web-1', 137), ...routed(3_150))).toBe(
      '1 request lost on a new connection (refused), 0.1 s after web-1 had ended (exit code 137), while node worker2 still routed to it: it was killed outright, and until its endpoint is gone its share of the requests is lost',
    )
    const forced = seen(3_050, { grace: 0 }, 'DELETED')
    expect(textOf(forced, ...routed(3_150))).toMatch(
      / 0\.1 s after web-1 had ended, while node worker2 still routed to it: it was killed outright, and/,
    )
  })

  test('that was killed for its memory is told as such', () => {
    const oom = (id: string, reason = 'OOMKilled') =>
      seen(3_900, { containers: { app: running('web-1-id2', 1, ended(id, 137, reason)) } })
    const killed = exited(3_050, 'web-1', 137)
    expect(textOf(killed, oom('web-1-id1'), ...routed(3_150))).toMatch(
      /: it was killed for its memory \(OOMKilled\), and until its endpoint is gone its share/,
    )
    expect(textOf(killed, oom('web-1-id1', 'Error'), ...routed(3_150))).toContain(': it was killed outright')
    expect(textOf(killed, oom('web-1-id0'), ...routed(3_150))).toContain(': it was killed outright')
    expect(textOf(killed, oom('web-1-id1'), kept(2_900, { tookMs: 150 }))).toMatch(
      /: it was killed for its memory \(OOMKilled\), with requests on its connections$/,
    )
  })

  test('that was deleted only after it was killed was told nothing', () => {
    const killed = [exited(3_050, 'web-1', 137), seen(3_100, { grace: 30 })]
    expect(textOf(...killed, ...routed(3_150))).toContain(': it was killed outright, and')
  })

  test('that crashed was not killed', () => {
    expect(textOf(exited(3_050, 'web-1', 1), ...routed(3_150))).toMatch(
      /had ended \(exit code 1\), .*: it ended by itself, without being told to stop, and until its endpoint is gone/,
    )
  })

  test('that spent its grace period is not helped by a preStop hook, which spends it too', () => {
    const killed = [
      ...[seen(1_000, { grace: 2 }), signalled(1_050, 'web-1')],
      ...[signalled(3_050, 'web-1', 'SIGKILL'), exited(3_060, 'web-1', 137)],
    ]
    expect(textOf(...killed, ...routed(3_150))).toMatch(
      /: it did not end by itself within its grace period of 2 s, and was killed before its endpoint was gone$/,
    )
  })

  test('is not said to be routed to where its connections were kept ones', () => {
    const opened = route(2_000, 40_999, ipOf1)
    const lost = kept(3_150, { port: 40_999, ageMs: 1_150 })
    expect(textOf(...stop, opened, lost)).toMatch(
      /^1 request lost on a reused .* had ended \(exit code 0\): the/,
    )
  })
})

describe('a pod that ends with requests on its connections', () => {
  const cut = kept(2_900, { tookMs: 150 })

  test('and was told to stop did not finish them', () => {
    expect(textOf(...stop, cut)).toBe(
      '1 request lost on a reused connection (reset), when web-1 ended (exit code 0), 2.0 s after SIGTERM: it ended without finishing what was on its connections',
    )
    const opened = routed(2_900, { lost: 'reset', tookMs: 150 })
    expect(textOf(...stop, ...opened)).toMatch(
      /^1 request lost on a new connection \(reset\), .*: it ended without finishing what was on its connections, or stopped listening before it had accepted them$/,
    )
    expect(textOf(...stop, ...opened, cut)).toMatch(
      /: it ended without finishing what was on its connections$/,
    )
  })

  const killed = [signalled(3_040, 'web-1', 'SIGKILL'), exited(3_050, 'web-1', 137)]

  test('and was killed when its grace period was spent has to close them too', () => {
    const text =
      /, 2\.0 s after SIGTERM: it did not end by itself within its grace period of 2 s: an app that is told/
    expect(textOf(seen(1_000, { grace: 2 }), signalled(1_050, 'web-1'), ...killed, cut)).toMatch(text)
    // A liveness probe may have a grace period of its own.
    expect(textOf(signalled(1_050, 'web-1'), ...killed, cut)).toMatch(
      /: it did not end by itself within its grace period: an app/,
    )
  })

  test('and was killed sooner than that is not said to have spent it', () => {
    expect(textOf(seen(1_000, { grace: 30 }), signalled(1_050, 'web-1'), ...killed, cut)).toContain(
      ', 2.0 s after SIGTERM: it did not end by itself in the 2.0 s that it was given: an app that is told',
    )
  })

  test('and ended as by SIGKILL, though the runtime sent none, did not end by itself', () => {
    const told = [deleted, signalled(1_050, 'web-1'), exited(3_050, 'web-1', 137)]
    expect(textOf(...told, cut)).toContain(
      '(exit code 137), 2.0 s after SIGTERM: it was killed outright, with requests on its connections',
    )
    expect(textOf(...told, ...routed(3_150))).toContain(
      ': it was killed outright, and until its endpoint is gone',
    )
    const oom = { app: { restartCount: 0, state: ended('web-1-id1', 137, 'OOMKilled') } }
    expect(textOf(...told, seen(3_500, { grace: 30, containers: oom }), cut)).toContain(
      ', 2.0 s after SIGTERM: it was killed for its memory (OOMKilled), with requests',
    )
  })

  test('without a way into the nodes, was killed where it ended with 137 at the end of its grace period', () => {
    const end = (grace: number) => {
      const containers = { app: { restartCount: 0, state: ended('web-1-id1', 137) } }
      return [seen(1_000, { grace }), seen(3_050, { grace, ready: false, containers }), cut]
    }
    expect(textOf(...end(2))).toContain('2.0 s after the deletion: it did not end by itself within its grace')
    expect(textOf(...end(30))).toContain('after the deletion: it was killed outright, with requests')
  })

  test('and was told nothing was killed, or crashed', () => {
    expect(textOf(exited(3_050, 'web-1', 137), cut)).toBe(
      '1 request lost on a reused connection (reset), when web-1 ended (exit code 137): it was killed outright, with requests on its connections',
    )
    expect(textOf(exited(3_050, 'web-1', 1), cut)).toMatch(
      /: it ended by itself, without being told to stop, with requests on its connections$/,
    )
  })
})

test('an app that closes connections, and one that answers them no more, are told apart', () => {
  const long = [deleted, signalled(1_050, 'web-1'), exited(9_000, 'web-1')]
  expect(textOf(...long, kept(1_200, { tookMs: 150 }))).toBe(
    '1 request lost on a reused connection (reset), 0.3 s after SIGTERM of web-1: the app closed connections that requests were on',
  )
  const queued = routed(1_000).map((seen) =>
    seen.source === 'traffic' ? { ...seen, lost: 'reset' as const, tookMs: 200 } : seen,
  )
  expect(textOf(...long, ...queued)).toMatch(
    /^1 request lost on a new connection \(reset\), .*: the app closed connections that requests were on, or stopped listening before it had accepted them$/,
  )
  expect(textOf(...long, kept(1_350))).toBe(
    '1 request lost on a reused connection (reset), 0.3 s after SIGTERM of web-1: the app closed connections that requests were just being sent on',
  )
  const slow = { source: 'noise', atMs: 1_000, apiMs: 500, watchMs: 500 } as const
  expect(textOf(...long, slow, kept(1_150, { tookMs: 200 }))).toContain('were just being sent on')
  expect(textOf(...long, slow, kept(1_150, { tookMs: 201 }))).toMatch(/that requests were on$/)
  expect(textOf(...long, kept(1_350, { lost: 'timeout', tookMs: 2_000 }))).toBe(
    '1 request lost on a reused connection (timeout), 2.3 s after SIGTERM of web-1: the app no longer answered',
  )
})

test('a node that is lost is told as such, and who still routed to it', () => {
  const fault = { source: 'fault', atMs: 1_000, fault: 0, phase: 'injecting', lasting: true } as const
  const lost = { ...fault, kind: 'pauseNode', target: 'Node/n1' }
  const timeout: RequestParts = { lost: 'timeout', tookMs: 2_000 }
  expect(textOf(lost, ...routed(1_100, timeout), ...routed(20_000, timeout))).toBe(
    '2 requests lost on new connections (timeout), 2.1–21.0 s after the node of web-1 was lost, while node worker2 still routed to it: the Service learns of it only when the node has been silent for its grace period',
  )
})

test('an app that was frozen is told as such', () => {
  const fault = { source: 'fault', atMs: 1_000, fault: 0, phase: 'injecting', lasting: true } as const
  const frozen = { ...fault, kind: 'freezeContainer', target: 'Pod/shop/web-1/app' }
  const timeout: RequestParts = { lost: 'timeout', tookMs: 2_000 }
  expect(textOf(frozen, ...routed(1_100, timeout), ...routed(2_000, timeout))).toBe(
    '2 requests lost on new connections (timeout), while node worker2 still routed to it: web-1 was frozen: connections to it were taken, and nobody answered',
  )
})

describe('a container that does not listen yet', () => {
  const again = (ready: boolean) => seen(4_000, { ready, containers: { app: running('id2', 1) } })
  const restarted = [signalled(1_050, 'web-1'), exited(3_050, 'web-1')]

  test('is told with its start, and who still routed to it', () => {
    expect(textOf(...restarted, again(false), ...routed(4_100), ...routed(4_400))).toBe(
      '2 requests lost on new connections (refused), 0.1–0.4 s after a container of web-1 was started, while node worker2 still routed to it: the app did not listen yet, and its endpoint was still there',
    )
  })

  test('of a pod that is ready lacks a readiness probe that asks it', () => {
    const first = answeredRequest(4_500, { pod: 'web-1' })
    expect(textOf(...restarted, again(true), ...routed(4_100), first)).toMatch(
      /: the app did not listen yet, and its pod was ready all the same; a readiness probe that asks it would have kept requests away$/,
    )
  })
})

test('a pod that is not ready yet is asked where its Service lists such pods', () => {
  const unready = seen(1_000, { name: 'web-3', ip: '10.244.1.99', ready: false })
  expect(textOf(unready, ...routed(1_100, {}, '10.244.1.99'))).toBe(
    '1 request lost on a new connection (refused): web-3 was not ready yet, and its Service sends requests to pods that are not (publishNotReadyAddresses)',
  )
})

test('where nothing was lost there is nothing to tell', () => {
  expect(told()).toEqual([])
})

test('what is nobody`s, or nobody`s fault that was seen, is told so', () => {
  expect(textOf(kept(1_000, { lost: 'status', status: 503 }))).toBe(
    '1 request lost on a reused connection (status): web-1 answered, but with no success (2xx or 3xx)',
  )
  expect(textOf(lostRequest(1_000, { lost: 'status', status: 503 }))).toBe(
    '1 request lost on a new connection (status): the answer was no success (2xx or 3xx)',
  )
  expect(textOf(kept(1_000))).toBe(
    '1 request lost on a reused connection (reset): nothing that was seen of web-1 tells why',
  )
  expect(textOf(lostRequest(1_000))).toBe(
    '1 request lost on a new connection (refused): which pod was asked is not known',
  )
  expect(textOf(route(1, 1_024, ipOf1), lostRequest(1_000))).toBe(
    '1 request lost on a new connection (refused): the Service had no endpoint that it could send requests to',
  )
})

describe('several reasons', () => {
  test('are a sentence for each pod and way, the most first', () => {
    const stops = [...stop, exited(3_050, 'web-2', 137)]
    const lost = [...routed(3_500, {}, ipOf2), ...routed(1_150), ...routed(1_250), ...routed(3_600)]
    expect(
      told(...stops, ...lost).map(({ pod: of, lost: n, text }) => `${of} ${n}: ${text.slice(0, 40)}`),
    ).toEqual([
      'web-1 2: 2 requests lost on new connections (refu',
      'web-2 1: 1 request lost on a new connection (refu',
      'web-1 1: 1 request lost on a new connection (refu',
    ])
    expect(told(lostRequest(1_000))).toEqual([{ lost: 1, text: expect.any(String) }])
  })

  test('of one pod before and after another of its name are two', () => {
    const first = [
      ...[seen(1, { name: 'db-0', uid: 'first' }), exited(900, 'first', 1)],
      lostRequest(1_000, { pod: 'db-0' }),
    ]
    const second = [
      ...[
        seen(2_000, { name: 'db-0', uid: 'first' }, 'DELETED'),
        seen(2_100, { name: 'db-0', uid: 'second' }),
      ],
      ...[exited(2_900, 'second', 1), lostRequest(3_000, { pod: 'db-0' })],
    ]
    expect(told(...first, ...second).map(({ pod: of, lost }) => `${of} ${lost}`)).toEqual([
      'db-0 1',
      'db-0 1',
    ])
  })

  test('why their connections failed are counted in one sentence', () => {
    const resets = [kept(1_200), kept(1_250, { lost: 'closed' }), kept(1_350)]
    expect(textOf(...stop, ...resets)).toMatch(
      /^3 requests lost: 2 on reused connections \(reset\), 1 on a reused connection \(closed\), 0\.2–0\.3 s after SIGTERM/,
    )
  })

  test('a pod that was restarted has the times of each of its ends', () => {
    const restart = seen(5_000, { containers: { app: running('id2', 1) } })
    const again = exited(10_000, 'web-1', 137, { containerID: 'id2' })
    expect(
      textOf(exited(3_000, 'web-1', 137), restart, again, ...routed(3_400), ...routed(10_200)),
    ).toContain(', 0.2–0.4 s after web-1 had ended (exit code 137)')
  })
})
