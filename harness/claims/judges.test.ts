import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { ended, pod, replicated, running, slice, timelineOf, watched } from '../timeline/testing.ts'
import { judgeJoined, judgeLeft } from './endpoints.ts'
import { judgeReplaced } from './to-be-replaced.ts'
import { judgeExited } from './to-exit.ts'
import { judgeRestarted } from './to-restart.ts'

const seen = (atMs: number, parts: Parameters<typeof pod>[0] = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod(parts), type)
const listed = (atMs: number, of: string[], service = 'web') => {
  const endpoints = of.map((name) => ({ of: name }))
  return watched('EndpointSlice', atMs, slice(service, endpoints, service))
}

describe('restarts', () => {
  const first = seen(1, { containers: { app: running('id1') } })
  const second = seen(10, { containers: { app: running('id2', 1, ended('id1')) } })
  const down = seen(20, { ready: false, containers: { app: { restartCount: 1, state: ended('id2', 1) } } })
  const third = seen(30, { containers: { app: running('id3', 2, ended('id2', 1)) } })
  const judge = (times: number, sinceMs: number, ...observations: Observation[]) =>
    judgeRestarted({ faults: [] }, 'web-1', 'app', times, {})(timelineOf(...observations), sinceMs)

  test('are counted from the fault on: one from before it is none of its doing', () => {
    expect(judge(1, 15, first, second).is).toBe('open')
    expect(judge(1, 15, first, second, down, third)).toMatchObject({ is: 'held', atMs: 30 })
    expect(judgeExited({ faults: [] }, 'web-1', 'app', 137)(timelineOf(first, second), 15).is).toBe('open')
  })

  test('are exactly as many as were promised', () => {
    expect(judge(1, 5, first, second, down, third)).toMatchObject({ is: 'broken', atMs: 30 })
    expect(judge(2, 5, first, second, down, third)).toMatchObject({ is: 'held', atMs: 30 })
    expect(judge(3, 5, first, second, down, third).is).toBe('open')
  })

  test('are over when the next one runs, not when the last one has ended', () => {
    expect(judge(2, 5, first, second, down)).toMatchObject({
      ...{ is: 'open', lastSeen: 'it ended at 0.02 s with exit code 1 (Error), and did not run' },
    })
  })

  test('are not seen where a container is running and has ended at one and the same time', () => {
    const atOnce = seen(10, { ready: false, containers: { app: { restartCount: 0, state: ended('id1') } } })
    expect(judge(1, 5, seen(10, { containers: { app: running('id1') } }), atOnce).is).toBe('open')
  })

  test('of another container of the pod do not count', () => {
    const side = (state: object) => ({
      app: running('id1'),
      side: { restartCount: 0, containerID: 's1', state },
    })
    const went = { ...side({}), side: running('s2', 1, ended('s1')) }
    expect(
      judge(1, 5, seen(1, { containers: side({ running: {} }) }), seen(9, { containers: went })).is,
    ).toBe('open')
  })
})

describe('an end that nothing tells of', () => {
  const timeline = timelineOf(
    seen(1, { containers: { app: running('id1') } }),
    seen(9, { containers: { app: running('id2', 1) } }),
  )
  const judge = (wanted: { exitCode?: number; reason?: string }) =>
    judgeRestarted({ faults: [] }, 'web-1', 'app', 1, wanted)(timeline, 5)

  test('is one all the same', () => {
    expect(judge({})).toMatchObject({ is: 'held', detail: 'restarted after an exit code that nothing tells' })
  })

  test('is neither as it was promised nor otherwise', () => {
    const unjudgeable = {
      is: 'unjudgeable',
      detail: 'it ended by 0.01 s with an exit code that nothing tells',
    }
    expect(judge({ exitCode: 137 })).toEqual(unjudgeable)
    expect(judge({ reason: 'OOMKilled' })).toEqual(unjudgeable)
    expect(judgeExited({ faults: [] }, 'web-1', 'app', 137)(timeline, 5)).toEqual(unjudgeable)
  })
})

describe('restarts that were not seen one by one', () => {
  const judge = (times: number, ...observations: Observation[]) =>
    judgeRestarted({ faults: [] }, 'web-1', 'app', times, {})(timelineOf(...observations), 5)
  const first = seen(1, { containers: { app: running('id1') } })

  test('are counted by the kubelet', () => {
    const third = seen(9, { containers: { app: running('id3', 2, ended('id2')) } })
    expect(judge(1, first, third)).toMatchObject({ is: 'broken', detail: 'it restarted 2 times' })
  })

  test('are not those whose end was before the fault', () => {
    const down = seen(2, {
      containers: { app: { containerID: 'id1', restartCount: 0, state: ended('id1') } },
    })
    const second = seen(9, { containers: { app: running('id2', 1, ended('id1')) } })
    const third = seen(12, { containers: { app: running('id3', 2, ended('id2')) } })
    expect(judge(1, first, down, second).is).toBe('open')
    expect(judge(1, first, down, second, third)).toMatchObject({ is: 'held', atMs: 12 })
  })
})

test('a restart is told with the end that it followed', () => {
  const timeline = timelineOf(
    seen(1, { containers: { app: running('id1') } }),
    seen(9, { containers: { app: running('id2', 1, ended('id1', 137)) } }),
    seen(12, { containers: { app: { restartCount: 1, state: ended('id2', 3) } } }),
  )
  expect(judgeRestarted({ faults: [] }, 'web-1', 'app', 1, {})(timeline, 5)).toMatchObject({
    detail: 'restarted after exit code 137 (Error)',
  })
})

describe('a replacement', () => {
  const before = [seen(1), seen(1, { name: 'web-2' })]
  const lost = [seen(10, { grace: 30 }), seen(20, { name: 'web-2', grace: 30 })]
  const judge = (uid: string, ...more: Observation[]) =>
    judgeReplaced(uid, false)(timelineOf(...before, ...more), 5)

  test('is one for each pod that was lost, in the order in which they were', () => {
    const made = [seen(30, { name: 'web-3' }), seen(40, { name: 'web-4' })]
    expect(judge('web-2', ...lost, ...made.slice(0, 1)).is).toBe('open')
    expect(judge('web-1', ...lost, ...made.slice(0, 1))).toMatchObject({ is: 'held', atMs: 30 })
    expect(judge('web-2', ...lost, ...made)).toMatchObject({ is: 'held', atMs: 40 })
  })

  test('is another than the one for a pod that was lost before', () => {
    const size = watched('ReplicaSet', 1, replicated('rs', 2))
    const late = (...more: Observation[]) =>
      judgeReplaced('web-2', false)(timelineOf(size, ...before, ...lost, ...more), 15)
    const [third, fourth] = [seen(30, { name: 'web-3' }), seen(40, { name: 'web-4' })]
    expect(late(third).is).toBe('open')
    expect(late(third, fourth)).toMatchObject({ is: 'held', atMs: 40 })
    // On its way when the second was lost.
    const coming = seen(12, { name: 'web-3', ready: false })
    expect(late(coming, third).is).toBe('open')
    expect(late(coming, third, fourth)).toMatchObject({ is: 'held', atMs: 40 })
  })

  test('is not waited for twice where a pod was not ready that is lost, or fewer are desired', () => {
    const size = watched('ReplicaSet', 1, replicated('rs', 2))
    const unready = seen(3, { name: 'web-2', ready: false })
    const [, second] = lost as [Observation, Observation]
    const third = seen(30, { name: 'web-3' })
    const late = (...more: Observation[]) =>
      judgeReplaced('web-2', false)(timelineOf(size, ...before, ...more, second, third), 15)
    expect(late(unready)).toMatchObject({ is: 'held', atMs: 30 })
    const fewer = watched('ReplicaSet', 8, replicated('rs', 1))
    expect(late(fewer, lost[0] as Observation)).toMatchObject({ is: 'held', atMs: 30 })
  })

  test('is of the same owner, was made since, and is ready', () => {
    const [gone] = lost.slice(0, 1) as [Observation]
    expect(judge('web-1', gone, seen(30, { name: 'other', owner: 'rs2' })).is).toBe('open')
    expect(judge('web-1', gone, seen(30, { name: 'web-3', ready: false }))).toMatchObject({
      ...{ is: 'open', lastSeen: 'it went at 0.01 s, and web-3 on n1 is not ready, phase Running' },
    })
    expect(judge('web-1', gone)).toMatchObject({ lastSeen: expect.stringContaining('had made no other pod') })
    expect(judge('web-2', ...lost, seen(30, { name: 'web-3' }))).toMatchObject({
      ...{ lastSeen: 'it went at 0.02 s and ReplicaSet web had made only 1 for all that went' },
    })
  })

  test('is not made where its owner is refused it, and that is told in its own words', () => {
    const refused = (atMs: number, why: string) =>
      watched('Event', atMs, {
        ...{ reason: 'FailedCreate', type: 'Warning', message: why, metadata: { name: 'e', uid: why } },
        involvedObject: { kind: 'ReplicaSet', name: 'web', uid: 'rs' },
      })
    const [gone] = lost as [Observation]
    const seenRefused = judge('web-1', refused(4, 'long ago'), gone, refused(12, 'exceeded quota: pods'))
    expect(seenRefused).toMatchObject({
      lastSeen:
        'it went at 0.01 s and ReplicaSet web had made no other pod (FailedCreate: exceeded quota: pods)',
    })
    expect(judge('web-1', refused(4, 'long ago'), gone)).toMatchObject({
      lastSeen: 'it went at 0.01 s and ReplicaSet web had made no other pod',
    })
  })

  test('may be ready before the pod itself is seen to go, and counts from then', () => {
    expect(judge('web-1', seen(8, { name: 'web-3' })).is).toBe('open')
    expect(judge('web-1', seen(8, { name: 'web-3' }), seen(10, { grace: 30 }))).toMatchObject({ atMs: 10 })
  })

  test('stands in for one that has failed, deleted or not', () => {
    const failed = seen(10, { phase: 'Failed' })
    expect(judge('web-1', failed, seen(30, { name: 'web-3' }))).toMatchObject({ is: 'held', atMs: 30 })
  })

  test('stands in for one that its controller has let go, which lives on', () => {
    const orphan = seen(10, { labels: {}, owner: null })
    expect(judge('web-1', orphan)).toMatchObject({
      lastSeen: expect.stringContaining('had made no other pod'),
    })
    expect(judge('web-1', orphan, seen(30, { name: 'web-3' }))).toMatchObject({
      ...{ is: 'held', atMs: 30, detail: 'was replaced by web-3 on n1, ready' },
    })
    expect(judge('web-1', orphan, seen(30, { name: 'other', owner: 'rs2' })).is).toBe('open')
    // Whose place it takes goes by the order in which they were lost, released or deleted.
    expect(
      judge('web-2', orphan, seen(20, { name: 'web-2', grace: 1 }), seen(30, { name: 'web-3' })).is,
    ).toBe('open')
  })

  test('is not looked for by anybody where a pod without a controller lives on', () => {
    const alone = timelineOf(seen(1, { owner: null }), seen(10, { owner: null, labels: {} }))
    expect(judgeReplaced('web-1', false)(alone, 5)).toEqual({
      is: 'open',
      lastSeen: 'it was still there, phase Running, with no controller that could replace it,',
    })
  })

  test('never comes for a pod of its own, nor is judged of one that went before the fault or was never there', () => {
    const alone = timelineOf(seen(1, { owner: null }), seen(10, { owner: null }, 'DELETED'))
    expect(judgeReplaced('web-1', false)(alone, 5)).toMatchObject({ is: 'broken', atMs: 10 })
    expect(judgeReplaced('web-1', false)(timelineOf(seen(1, { grace: 1 })), 5).is).toBe('unjudgeable')
    expect(judge('nobody').is).toBe('unjudgeable')
  })
})

describe('endpoints', () => {
  test('of a pod that is in two Services are left when both are, and joined when both are again', () => {
    const both = [listed(1, ['web-1']), listed(1, ['web-1'], 'api')]
    const timeline = (...more: Observation[]) => timelineOf(...both, ...more)
    expect(judgeLeft('web-1')(timeline(listed(9, [])), 5).is).toBe('open')
    const gone = [listed(9, []), listed(10, [], 'api')]
    expect(judgeLeft('web-1')(timeline(...gone), 5)).toMatchObject({ is: 'held', atMs: 10 })
    expect(judgeJoined('web-1')(timeline(...gone, listed(20, ['web-1'])), 5).is).toBe('open')
    const back = [listed(20, ['web-1']), listed(21, ['web-1'], 'api')]
    expect(judgeJoined('web-1')(timeline(...gone, ...back), 5)).toMatchObject({ is: 'held', atMs: 21 })
  })

  test('that it was given after the fault and before it left are not those that it joins again', () => {
    const timeline = timelineOf(listed(1, ['web-1']), listed(8, ['web-1'], 'api'), listed(10, []))
    expect(judgeJoined('web-1')(timeline, 5).is).toBe('open')
  })

  test('that move to another slice, or to another address, have not left', () => {
    const first = watched('EndpointSlice', 1, slice('s1', [{ of: 'web-1' }]))
    const second = watched('EndpointSlice', 9, slice('s2', [{ of: 'web-1' }]))
    const none = watched('EndpointSlice', 10, slice('s1', []))
    expect(judgeLeft('web-1')(timelineOf(first, second, none), 5).is).toBe('open')

    const moved = slice('s1', [{ of: 'web-1' }]) as ReturnType<typeof slice> & { endpoints: object[] }
    moved.endpoints = [{ ...moved.endpoints[0], addresses: ['192.0.2.9'] }]
    expect(judgeLeft('web-1')(timelineOf(first, watched('EndpointSlice', 9, moved)), 5).is).toBe('open')
  })

  test('that it joined after the fault are none that it had', () => {
    const timeline = timelineOf(listed(6, ['web-1']), listed(9, []))
    expect(judgeLeft('web-1')(timeline, 5)).toMatchObject({ is: 'unjudgeable' })
    expect(judgeJoined('web-1')(timeline, 5)).toMatchObject({ is: 'unjudgeable' })
  })
})
