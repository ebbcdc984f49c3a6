import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { shutdownOf, stoppedContainers } from './shutdown.ts'
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
  slice,
  timelineOf,
  watched,
} from './testing.ts'

const [ip, other] = ['10.244.1.12', '10.244.2.7']
const seen = (atMs: number, parts: PodParts = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ ip, ...parts }), type)
const listed = (atMs: number, conditions: object | null, service = 'web') => {
  const endpoints = conditions ? [{ of: 'web-1', ...conditions }] : []
  return watched('EndpointSlice', atMs, slice(service, endpoints, service))
}
const up = [seen(1), seen(1, { name: 'web-2', ip: other }), listed(2, {})]
const deleted = seen(10_000, { grace: 30 })
const signal = signalled(10_100, 'web-1')
const exit = exited(12_000, 'web-1')
const stop = [deleted, signal, exit]
const shutdown = (...observations: Observation[]) =>
  shutdownOf(timelineOf(...up, ...observations), 'web-1', 'app')

const told = (exitCode: number, containerID = 'web-1-id1') => ({
  app: { containerID, restartCount: 0, state: ended(containerID, exitCode, 'Completed') },
})

let nextPort = 40_000
/** A request of web-1 over a new connection of its own. */
const answered = (atMs: number, parts: RequestParts = {}) => answeredRequest(atMs, { pod: 'web-1', ...parts })
const lost = (atMs: number, parts: RequestParts = {}): Observation[] => {
  const port = nextPort++
  return [route(atMs, port, ip), lostRequest(atMs, { port, ...parts })]
}

describe('a pod`s stop', () => {
  test('is one picture, counted from its deletion', () => {
    const routed = route(10_300, 50_000, ip)
    const seenLast = answeredRequest(10_300, { port: 50_000 })
    const last = seen(12_200, { grace: 30, ready: false, containers: told(0) })
    expect(
      shutdown(...stop, listed(10_150, { ready: false }), routed, seenLast, ...lost(10_400), last),
    ).toEqual({
      ...{ subject: 'Pod/shop/web-1', container: 'app', deletedAtMs: 10_000, graceMs: 30_000 },
      signal: { name: 'SIGTERM', atMs: 100, observedBy: "the node's runtime" },
      ...{ endpointLeftMs: 150, lastRoutedMs: 400, lastAcceptedMs: 300, firstRefusedMs: 400 },
      ...{ inFlight: { answered: 0, lost: 0 }, late: { answered: 1, lost: 1 } },
      keepAlive: { drained: 0, cut: 0 },
      ...{ exit: { atMs: 2_000, code: 0, reason: 'Completed' }, endedBy: 'itself', graceLeftMs: 28_000 },
    })
  })

  test('is none where it was not told to stop, was deleted by force, or was never there', () => {
    expect(shutdown(exit)).toBeUndefined()
    expect(shutdown(seen(10_000, { grace: 0 }), exit)).toBeUndefined()
    expect(shutdown(seen(10_000, {}, 'DELETED'))).toBeUndefined()
    expect(shutdownOf(timelineOf(...up, ...stop), 'web-9', 'app')).toBeUndefined()
  })

  test('knows what was seen until now: no signal, no end', () => {
    expect(shutdown(deleted)).toEqual({
      ...{ subject: 'Pod/shop/web-1', container: 'app', deletedAtMs: 10_000, graceMs: 30_000 },
      ...{ inFlight: { answered: 0, lost: 0 }, late: { answered: 0, lost: 0 } },
      keepAlive: { drained: 0, cut: 0 },
    })
  })

  test('has the image`s own stop signal', () => {
    expect(shutdown(deleted, signalled(10_100, 'web-1', 'SIGQUIT'), exit)?.signal?.name).toBe('SIGQUIT')
  })

  test('is counted from what a later deletion by force did not change', () => {
    expect(shutdown(deleted, seen(10_500, { grace: 0 }), exit)).toMatchObject({ graceMs: 30_000 })
  })

  test('may have been over, by the runtime`s clock, before the watch told of the deletion', () => {
    const quick = shutdown(signalled(8_400, 'web-1'), exited(8_450, 'web-1'), ...lost(8_500), deleted)
    expect(quick).toMatchObject({
      ...{ signal: { atMs: -1_600 }, exit: { atMs: -1_550, code: 0 }, late: { answered: 0, lost: 1 } },
    })
  })

  test('is that of the incarnation that ran then, not of one before it', () => {
    const first = [signalled(2_000, 'web-1'), exited(3_000, 'web-1', 137)]
    const again = seen(4_000, { containers: { app: running('id2', 1, ended('web-1-id1')) } })
    const going = seen(10_000, { grace: 30, containers: { app: running('id2', 1, ended('web-1-id1')) } })
    expect(shutdown(...first, again, going)).not.toHaveProperty('exit')
    expect(shutdown(...first, again, going)).not.toHaveProperty('signal')
    const second = { containerID: 'id2' }
    expect(
      shutdown(
        ...first,
        again,
        going,
        signalled(10_100, 'web-1', 'SIGTERM', second),
        exited(12_000, 'web-1', 3, second),
      ),
    ).toMatchObject({ signal: { atMs: 100 }, exit: { atMs: 2_000, code: 3 } })
  })

  test('is told of each container that ran when it began', () => {
    const containers = { app: running('web-1-id1'), side: running('side-id') }
    const init = { setup: { restartCount: 0, state: ended('init-id', 0) } }
    const timeline = (...more: Observation[]) => timelineOf(seen(1, { containers, init }), ...more)
    expect(stoppedContainers(timeline(deleted), 'web-1')).toEqual(['app', 'side'])
    expect(stoppedContainers(timeline(seen(10_000, { grace: 0 })), 'web-1')).toEqual([])
    expect(stoppedContainers(timeline(), 'web-1')).toEqual([])
    const crashed = { ...containers, side: { restartCount: 0, state: ended('side-id', 1) } }
    expect(
      stoppedContainers(timeline(seen(9_000, { containers: crashed }), seen(10_000, { grace: 30 })), 'web-1'),
    ).toEqual(['app'])
  })
})

describe('its end', () => {
  const withCode = (code: number, atMs: number, ...more: Observation[]) =>
    shutdown(deleted, signal, ...more, exited(atMs, 'web-1', code))

  test('is by SIGKILL where the runtime sent it', () => {
    expect(withCode(137, 40_100, signalled(40_000, 'web-1', 'SIGKILL'))).toMatchObject({
      ...{ endedBy: 'SIGKILL', graceLeftMs: 0, exit: { code: 137 } },
    })
  })

  test('is by nobody known where it ends with 137 and the runtime sent no SIGKILL, however late', () => {
    expect(withCode(137, 11_000)?.exit?.code).toBe(137)
    expect(withCode(137, 11_000)).not.toHaveProperty('endedBy')
    expect(withCode(137, 39_900)).not.toHaveProperty('endedBy')
  })

  test('is its own with any other code, and its SIGKILL is not that of another container or incarnation', () => {
    expect(withCode(143, 39_900)?.endedBy).toBe('itself')
    const elsewhere = signalled(5_000, 'web-1', 'SIGKILL', { containerID: 'id0' })
    expect(withCode(137, 11_000, elsewhere)).not.toHaveProperty('endedBy')
  })

  test('without a way into the node, is by SIGKILL where it ends with 137 about the end of its grace period', () => {
    const at = (atMs: number, code: number) =>
      shutdown(deleted, seen(atMs, { grace: 30, ready: false, containers: told(code) }))?.endedBy
    expect(at(38_499, 137)).toBeUndefined()
    expect(at(38_500, 137)).toBe('SIGKILL')
    expect(at(41_000, 137)).toBe('SIGKILL')
    expect(at(41_000, 143)).toBe('itself')
  })

  test('is told with the kubelet`s reason once that is known', () => {
    expect(shutdown(...stop)?.exit?.reason).toBe('')
    const oom = { app: { restartCount: 0, state: ended('web-1-id1', 137, 'OOMKilled') } }
    expect(withCode(137, 11_000, seen(11_500, { grace: 30, containers: oom }))?.exit?.reason).toBe(
      'OOMKilled',
    )
  })
})

describe('its endpoint', () => {
  const left = (...observations: Observation[]) => shutdown(...observations, ...stop)?.endpointLeftMs

  test('has left when the last of its Services lists it as ready no more', () => {
    const both = listed(3, {}, 'api')
    expect(left(listed(10_150, { ready: false }))).toBe(150)
    expect(left(both, listed(10_150, { ready: false }), listed(10_450, null, 'api'))).toBe(450)
    expect(left(both, listed(10_150, { ready: false }))).toBeUndefined()
    expect(left()).toBeUndefined()
  })

  test('may have left a moment before the deletion was told of; long before, it left for another reason', () => {
    expect(left(listed(9_900, { ready: false }))).toBe(-100)
    expect(left(listed(8_499, { ready: false }))).toBeUndefined()
  })
})

describe('connections after the deletion', () => {
  test('are accepted when they are answered, whatever the status, by the Service or by the endpoint itself', () => {
    const last = (...more: Observation[]) => shutdown(...stop, ...more)?.lastAcceptedMs
    expect(last(answered(9_999), answered(10_000))).toBe(0)
    expect(last(answered(9_999))).toBeUndefined()
    expect(last(answered(10_200), answeredRequest(10_300, { address: ip }))).toBe(300)
    expect(last(lostRequest(10_400, { pod: 'web-1', connection: 'new', lost: 'status', status: 503 }))).toBe(
      400,
    )
    expect(last(answered(10_200), answered(10_500, { connection: 'reused' }))).toBe(200)
    expect(last(answered(10_200), answered(10_500, { pod: 'web-2' }))).toBe(200)
  })

  test('are refused when they are not answered', () => {
    const first = (...more: Observation[]) => shutdown(...stop, ...more)?.firstRefusedMs
    expect(first(...lost(10_350), ...lost(10_300), ...lost(10_400))).toBe(300)
    expect(first(...lost(9_990))).toBeUndefined()
    expect(first(lostRequest(10_250, { address: ip }), ...lost(10_300))).toBe(250)
    expect(first(lostRequest(10_250, { address: other }))).toBeUndefined()
    expect(first(lostRequest(10_250, { pod: 'web-1', connection: 'new', lost: 'status' }))).toBeUndefined()
  })

  test('are routed to it as long as its nodes do, and an endpoint that is asked itself is not routed', () => {
    const last = (...more: Observation[]) => shutdown(...stop, ...more)?.lastRoutedMs
    expect(
      last(...lost(10_300), ...lost(10_600), lostRequest(10_900, { address: ip }), answered(10_950)),
    ).toBe(600)
    expect(last(answered(10_950))).toBeUndefined()
  })
})

describe('requests at the signal', () => {
  const counts = (...more: Observation[]) => {
    const { inFlight, late } = shutdown(...stop, ...more) ?? {}
    return { inFlight, late }
  }
  const none = { answered: 0, lost: 0 }

  test('that were sent before it and answered at it or later were in flight', () => {
    expect(counts(answered(10_099, { tookMs: 1 }))).toEqual({
      inFlight: { answered: 1, lost: 0 },
      late: none,
    })
    expect(counts(answered(10_098, { tookMs: 1 }))).toEqual({ inFlight: none, late: none })
    expect(counts(answered(9_000, { tookMs: 5_000 }))).toMatchObject({ inFlight: { answered: 1 } })
  })

  test('that were sent at it or later are late', () => {
    expect(counts(answered(10_100))).toEqual({ inFlight: none, late: { answered: 1, lost: 0 } })
    expect(counts(...lost(10_100))).toEqual({ inFlight: none, late: { answered: 0, lost: 1 } })
    expect(counts(...lost(15_000))).toMatchObject({ late: { lost: 1 } })
  })

  test('that were lost on the way to it were in flight too: a preStop hook may end the app before its signal', () => {
    expect(counts(...lost(9_998))).toEqual({ inFlight: none, late: none })
    expect(counts(...lost(9_999))).toEqual({ inFlight: { answered: 0, lost: 1 }, late: none })
    expect(counts(...lost(10_050))).toEqual({ inFlight: { answered: 0, lost: 1 }, late: none })
    expect(counts(...lost(10_050, { lost: 'reset', tookMs: 900 }))).toMatchObject({ inFlight: { lost: 1 } })
  })

  test('are those of the Service to this pod, not of others nor of an endpoint that is asked itself', () => {
    const others = [answeredRequest(10_200, { address: ip }), answered(10_200, { pod: 'web-2' })]
    expect(counts(...others, answeredRequest(10_200))).toEqual({ inFlight: none, late: none })
  })

  test('are counted from the deletion where nothing tells of a signal', () => {
    const { inFlight, late } = shutdown(deleted, answered(9_995), answered(10_000)) ?? {}
    expect({ inFlight, late }).toEqual({ inFlight: { answered: 1, lost: 0 }, late: { answered: 1, lost: 0 } })
  })
})

describe('connections that were kept', () => {
  const kept = (...more: Observation[]) => shutdown(...stop, ...more)?.keepAlive
  /** A request on a connection of that port, which was opened at 5 s. */
  const on = (port: number, atMs: number, parts: RequestParts = {}) =>
    answered(atMs, { port, connection: 'reused', ageMs: atMs - 5_000, ...parts })
  const reset: RequestParts = { lost: 'reset' }

  test('are drained where their last request was answered, and cut where it was lost', () => {
    expect(kept(on(1, 10_050), on(1, 10_150), on(2, 9_900), on(2, 10_150, reset))).toEqual({
      drained: 1,
      cut: 1,
    })
    expect(kept(on(1, 10_050, { lost: 'status', status: 503 }))).toEqual({ drained: 1, cut: 0 })
  })

  test('were open at the signal where they had been used within the second before it', () => {
    expect(kept(on(1, 9_090))).toEqual({ drained: 1, cut: 0 })
    expect(kept(on(1, 9_089))).toEqual({ drained: 0, cut: 0 })
  })

  test('were open at it too where they were idle before it, and are used after it', () => {
    expect(kept(on(1, 10_200))).toEqual({ drained: 1, cut: 0 })
    expect(kept(on(1, 10_200, reset))).toEqual({ drained: 0, cut: 1 })
  })

  test('are not those that were opened after the signal, or were used but once', () => {
    const fresh = answered(10_101, { port: 1 })
    expect(kept(fresh, on(1, 10_300, { ageMs: 199 }))).toEqual({ drained: 0, cut: 0 })
    const before = answered(10_100, { port: 1 })
    expect(kept(before, on(1, 10_300, { ageMs: 200 }))).toEqual({ drained: 1, cut: 0 })
    expect(kept(answered(10_050, { port: 1 }))).toEqual({ drained: 0, cut: 0 })
  })

  test('are of one Service each: two probers may use one port', () => {
    const both = [on(1, 10_050), on(1, 10_060, { service: 'api', ...reset })]
    expect(kept(...both)).toEqual({ drained: 1, cut: 1 })
  })
})
