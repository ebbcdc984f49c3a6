import { describe, expect, test } from 'vitest'
import { ended, pod, running, spans, timelineOf, watched } from './testing.ts'
import type { Timeline } from './timeline.ts'

const at = (atMs: number, parts: Parameters<typeof pod>[0] = {}, type?: 'DELETED' | 'ADDED' | 'LISTED') =>
  watched('Pod', atMs, pod(parts), type)

/** `id from-to` of each incarnation of a container of web-1. */
function chain(timeline: Timeline, container = 'app'): string[] {
  return timeline
    .of('container-running', 'web-1')
    .filter(({ detail }) => detail.container === container)
    .map((interval) => `${interval.detail.containerID} ${spans([interval])}`)
}

function ends(timeline: Timeline): string[] {
  return timeline
    .of('container-terminated', 'web-1')
    .map(({ detail, fromMs }) => `${detail.containerID} ${detail.exitCode} ${detail.reason} ${fromMs}`)
}

const down = (last = ended('id1')) => ({ app: { containerID: 'id1', restartCount: 0, state: last } })

describe('a chain of incarnations', () => {
  test('runs, ends, waits and runs again, each with the ID of its container', () => {
    const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } }
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      at(2, { ready: false, containers: down() }),
      at(3, {
        ready: false,
        containers: { app: { restartCount: 0, state: waiting, lastState: ended('id1') } },
      }),
      at(4, { containers: { app: running('id2', 1, ended('id1')) } }),
    )
    expect(chain(timeline)).toEqual(['id1 1-2', 'id2 4-'])
    expect(ends(timeline)).toEqual(['id1 137 Error 2'])
    expect(spans(timeline.of('container-waiting', 'web-1'))).toEqual(['3-4'])
    expect(spans(timeline.of('pod-ready', 'web-1'))).toEqual(['1-2', '4-'])
    expect(timeline.of('container-running').map(({ detail }) => detail.restartCount)).toEqual([0, 1])
  })

  test('where the end itself was not sent, the last state tells of it', () => {
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      at(5, { containers: { app: running('id2', 1, ended('id1', 0, 'Completed')) } }),
    )
    expect(chain(timeline)).toEqual(['id1 1-5', 'id2 5-'])
    expect(ends(timeline)).toEqual(['id1 0 Completed 5'])
    expect(spans(timeline.of('pod-ready'))).toEqual(['1-'])
  })

  test('an end that is told again and again is one end', () => {
    const again = { app: running('id2', 1, ended('id1')) }
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      ...[2, 3, 4].map((ms) => at(ms, { containers: again })),
      at(5, { containers: { app: running('id3', 2, ended('id2', 1)) } }),
    )
    expect(ends(timeline)).toEqual(['id1 137 Error 2', 'id2 1 Error 5'])
    expect(chain(timeline)).toEqual(['id1 1-2', 'id2 2-5', 'id3 5-'])
  })

  test("the server's own times of an end are kept beside the arrival", () => {
    const times = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:09Z' }
    const last = { terminated: { ...ended('id1', 143).terminated, ...times } }
    const timeline = timelineOf(at(1, { containers: down(last) }))
    expect(timeline.of('container-terminated')).toMatchObject([{ fromMs: 1, toMs: 1, detail: times }])
  })

  test('containers of one pod, init containers and sidecars each have a chain of their own', () => {
    const done = { containerID: 'init', restartCount: 0, state: ended('init', 0, 'Completed') }
    const init = { setup: done, proxy: running('proxy1') }
    const timeline = timelineOf(
      at(1, { phase: 'Pending', ready: false, containers: {}, init: { setup: running('init') } }),
      at(2, { init, containers: { app: running('id1') } }),
      at(3, { init: { ...init, proxy: running('proxy2', 1, ended('proxy1')) }, containers: down() }),
    )
    expect(chain(timeline)).toEqual(['id1 2-3'])
    expect(chain(timeline, 'setup')).toEqual(['init 1-2'])
    expect(chain(timeline, 'proxy')).toEqual(['proxy1 2-3', 'proxy2 3-'])
    expect(timeline.of('container-terminated').map(({ subject }) => subject)).toEqual([
      ...['Pod/shop/web-1/setup', 'Pod/shop/web-1/proxy', 'Pod/shop/web-1/app'],
    ])
  })

  test('an end of which the kubelet lost the container is that of the one that ran, and of no later one', () => {
    const lastState = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } }
    const again = { ...running('id2', 1), lastState }
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      ...[2, 3].map((ms) => at(ms, { containers: { app: again } })),
      at(4, { ready: false, containers: { app: { ...again, state: ended('id2', 3) } } }),
    )
    expect(chain(timeline)).toEqual(['id1 1-2', 'id2 2-4'])
    expect(ends(timeline)).toEqual(['id1 137 ContainerStatusUnknown 2', 'id2 3 Error 4'])
  })

  test('where nothing tells of the end, it ends all the same when another one runs', () => {
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      at(5, { containers: { app: running('id2', 1) } }),
    )
    expect(chain(timeline)).toEqual(['id1 1-5', 'id2 5-'])
    expect(ends(timeline)).toEqual(['id1 -1 Unknown 5'])
  })

  test('containers whose names begin alike are not mistaken for one another', () => {
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1'), 'app-2': running('id2') } }),
      at(2, { containers: { app: running('id3', 1, ended('id1')), 'app-2': running('id2') } }),
    )
    expect(chain(timeline, 'app-2')).toEqual(['id2 1-'])
  })
})

describe('a pod', () => {
  test('is not ready while it is not Running, whatever its conditions say: PodGC leaves such', () => {
    const timeline = timelineOf(at(1), at(50, { phase: 'Failed', ready: true }))
    expect(spans(timeline.of('pod-ready'))).toEqual(['1-50'])
    expect(timeline.of('pod-phase').map(({ detail }) => detail.phase)).toEqual(['Running', 'Failed'])
    expect(timelineOf(at(1, { phase: 'Pending' })).of('pod-ready')).toEqual([])
  })

  test('that was asked to go is terminating until it is gone, and all of it ends with it', () => {
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      at(2, { grace: 30, containers: { app: running('id1') } }),
      at(3, { grace: 0, phase: 'Succeeded', ready: false, containers: down(ended('id1', 0, 'Completed')) }),
      at(4, { grace: 0, phase: 'Succeeded', ready: false }, 'DELETED'),
    )
    expect(spans(timeline.of('pod'))).toEqual(['1-4'])
    expect(spans(timeline.of('pod-terminating'))).toEqual(['2-4'])
    expect(spans(timeline.of('pod-ready'))).toEqual(['1-3'])
    expect(timeline.all().filter(({ toMs }) => toMs === null)).toEqual([])
    expect(ends(timeline)).toEqual(['id1 0 Completed 3'])
  })

  test('that is deleted by force ends at once, without an exit code', () => {
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      at(2, { grace: 0, containers: { app: running('id1') } }, 'DELETED'),
    )
    expect(spans(timeline.of('pod'))).toEqual(['1-2'])
    expect(spans(timeline.of('pod-terminating'))).toEqual(['2-2'])
    expect(spans(timeline.of('pod-ready'))).toEqual(['1-2'])
    expect(chain(timeline)).toEqual(['id1 1-2'])
    expect(ends(timeline)).toEqual([])
  })

  test('whose exit code only the DELETED object has, has it', () => {
    const timeline = timelineOf(
      at(1, { containers: { app: running('id1') } }),
      at(2, { containers: down(ended('id1', 143)) }, 'DELETED'),
    )
    expect(ends(timeline)).toEqual(['id1 143 Error 2'])
  })

  test('of the same name and another UID is another pod', () => {
    const timeline = timelineOf(at(1, { uid: 'a' }), at(2, { uid: 'a' }, 'DELETED'), at(3, { uid: 'b' }))
    expect(spans(timeline.of('pod', 'a'))).toEqual(['1-2'])
    expect(spans(timeline.of('pod', 'b'))).toEqual(['3-'])
    expect(timeline.of('pod-ready', 'b')).toHaveLength(1)
  })

  test('whose UID begins as that of another does not end with it', () => {
    const timeline = timelineOf(at(1, { uid: 'a' }), at(1, { uid: 'ab' }), at(2, { uid: 'a' }, 'DELETED'))
    expect(spans(timeline.of('pod', 'ab'))).toEqual(['1-'])
  })

  test('becomes better known, as its node and its labels, and stays one pod', () => {
    const timeline = timelineOf(
      at(1, { labels: { app: 'web', track: 'canary' } }),
      at(2, { labels: { track: 'canary' }, node: 'n2' }),
    )
    const [seen, ...more] = timeline.of('pod')
    expect(more).toEqual([])
    expect(seen?.detail).toMatchObject({ labels: { track: 'canary' }, node: 'n2', ownerUid: 'rs' })
    expect(seen?.fromMs).toBe(1)
  })

  test('belongs to its controller, and to what controls that', () => {
    const timeline = timelineOf(at(1), at(1, { uid: 'lone', owner: null }))
    timeline.controlledBy('rs', 'deploy')
    expect(timeline.isControlledBy('web-1', 'deploy')).toBe(true)
    expect(timeline.isControlledBy('web-1', 'rs')).toBe(true)
    expect(timeline.isControlledBy('web-1', 'other')).toBe(false)
    expect(timeline.isControlledBy('lone', 'deploy')).toBe(false)
    expect(timeline.isControlledBy('lone', 'lone')).toBe(true)
  })

  test('that its controller let go belongs to nobody', () => {
    const timeline = timelineOf(at(1), at(2, { owner: null }))
    expect(timeline.isControlledBy('web-1', 'rs')).toBe(false)
  })

  test('of which nothing but its name is known yet is Pending', () => {
    const bare = { metadata: { name: 'web-1', uid: 'web-1' }, spec: {} }
    const timeline = timelineOf(watched('Pod', 1, bare))
    expect(timeline.of('pod-phase')[0]?.detail).toEqual({ phase: 'Pending', reason: null })
    expect(timeline.of('pod')[0]?.detail).toMatchObject({ ownerUid: null, node: null, ip: null })
  })
})

test('ten thousand observations of an unchanged pod add no interval', () => {
  const parts = { containers: { app: running('id2', 1, ended('id1')) }, init: { proxy: running('p1') } }
  const once = timelineOf(at(1, parts))
  const many = timelineOf(at(1, parts), ...Array.from({ length: 10_000 }, (_, i) => at(i + 2, parts)))
  expect(many.all()).toEqual(once.all())
  expect(many.lastMs).toBe(10_001)
})

describe('what a pod belongs to', () => {
  const told = (timeline: Timeline) => [
    ...timeline.of('pod-relabelled').map(({ fromMs, detail }) => [fromMs, detail.labels]),
    ...timeline.of('pod-released').map(({ fromMs, detail }) => [fromMs, detail.ownerName, detail.ownerUid]),
  ]

  test('is told of when it changes: its labels, and then its controller', () => {
    const timeline = timelineOf(at(1), at(2), at(3, { labels: {} }), at(4, { labels: {}, owner: null }))
    expect(told(timeline)).toEqual([
      [3, {}],
      [4, 'web', 'rs'],
    ])
    expect(timeline.of('pod')).toHaveLength(1)
    expect(timeline.of('pod-released')[0]).toMatchObject({ subject: 'Pod/shop/web-1', uid: 'web-1', toMs: 4 })
    expect(timeline.isControlledBy('web-1', 'rs')).toBe(false)
  })

  test('is no news when it is first seen, nor when it takes a controller', () => {
    expect(told(timelineOf(at(1, { owner: null }), at(2)))).toEqual([])
  })

  test('is another`s where another controller has it', () => {
    expect(told(timelineOf(at(1), at(5, { owner: 'rs2' })))).toEqual([[5, 'web', 'rs']])
  })
})

test('the IPs of a pod are told in their order, each once', () => {
  const timeline = timelineOf(at(1), at(2, { ip: 'a' }), at(3, { ip: 'a' }), at(4, { ip: 'b' }))
  expect(timeline.ipsOf('web-1')).toEqual([
    { address: 'a', fromMs: 2 },
    { address: 'b', fromMs: 4 },
  ])
  expect(timeline.ipsOf('web-2')).toEqual([])
})
