import { expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { incarnationsOf } from './incarnations.ts'
import { ended, type PodParts, pod, running, timelineOf, watched } from './testing.ts'

const seen = (atMs: number, containers: NonNullable<PodParts['containers']>) =>
  watched('Pod', atMs, pod({ ready: false, containers }))
const told = (...observations: Observation[]) =>
  incarnationsOf(timelineOf(...observations), 'web-1', 'app').map(
    ({ containerID, seenMs, endedMs, ended }) =>
      `${containerID} ${seenMs}-${endedMs ?? ''} ${ended?.detail.exitCode ?? 'unknown'}`,
  )

test('incarnations are those that ran, oldest first, with their ends', () => {
  const first = seen(1, { app: running('id1') })
  const second = seen(9, { app: running('id2', 1, ended('id1', 3)) })
  expect(told(first)).toEqual(['id1 1- unknown'])
  expect(told(first, second)).toEqual(['id1 1-9 3', 'id2 9- unknown'])
})

test('one that ends at once is an incarnation too, though it was never seen to run', () => {
  const first = seen(1, { app: running('id1') })
  const crashed = seen(9, { app: { restartCount: 2, state: ended('id3', 1), lastState: ended('id2', 1) } })
  expect(told(first, crashed)).toEqual(['id1 1-9 unknown', 'id2 9-9 1', 'id3 9-9 1'])
})

test('of another container of the pod none is told', () => {
  expect(told(seen(1, { side: running('s1') }))).toEqual([])
})
