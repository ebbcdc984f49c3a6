import { expect, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { ended, FakeRecording, fakeStage, pod, running, timelineOf, watched } from '../timeline/testing.ts'
import { endedByFaults } from './containers.ts'
import { judgeExited } from './to-exit.ts'
import { judgeRestarted } from './to-restart.ts'

const fault = (id?: string) =>
  ({ effect: { does: 'delete-pod', podUid: 'web-1', force: false }, ...(id && { ended: id }) }) as FaultRecord
const stage = { faults: [fault('id1')] }
const seen = (atMs: number, app: ReturnType<typeof running>) =>
  watched('Pod', atMs, pod({ containers: { app } }))
const first = seen(1, running('id1'))
const killed = seen(10, running('id2', 1, ended('id1')))
const again = seen(20, running('id3', 2, ended('id2', 0)))
const oncemore = seen(30, running('id4', 3, ended('id3', 0)))

const restarts = (times: number, ...observations: Observation[]) =>
  judgeRestarted(stage, 'web-1', 'app', times, {})(timelineOf(...observations), 5)

test('the end that a fault brought about itself is no restart, by whatever count', () => {
  expect(restarts(1, first, killed).is).toBe('open')
  expect(restarts(1, first, killed, again)).toMatchObject({ is: 'held', atMs: 20 })
  expect(restarts(1, first, killed, again, oncemore)).toMatchObject({ is: 'broken', atMs: 30 })
  expect(restarts(1, first, again)).toMatchObject({ is: 'held', atMs: 20 })
})

test('nor is it the exit that was promised', () => {
  const judge = judgeExited(stage, 'web-1', 'app', 0)
  expect(judge(timelineOf(first, killed), 5).is).toBe('open')
  expect(judge(timelineOf(first, killed, again), 5)).toMatchObject({ is: 'held', atMs: 20 })
})

test('those are known of every fault of the scenario', () => {
  const stage = fakeStage(new FakeRecording(), fault('id1'), fault(), fault('id7'))
  expect(endedByFaults(stage)).toEqual(['id1', 'id7'])
})
