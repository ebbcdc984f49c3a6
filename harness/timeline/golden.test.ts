import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { WatchObservation } from '../model/observation.ts'
import { isOpenIn } from './steady.ts'
import { readRecording, tellInterval, timelineOf } from './testing.ts'

const golden = new URL('golden/', import.meta.url)
const cases = readdirSync(golden, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
)

test('there is a golden recording of each kind of damage', () => {
  expect(cases).toEqual([
    ...['deleted-node', 'graceful-stop', 'killed-pod', 'liveness', 'readiness', 'sigkill'],
  ])
})

test.each(cases)('%s: the recording comes to the intervals that were read and found right', (name) => {
  const timeline = timelineOf(...readRecording(new URL(`${name}/recording.jsonl`, golden)))
  const intervals: unknown = JSON.parse(readFileSync(new URL(`${name}/intervals.json`, golden), 'utf8'))
  expect(timeline.all().map(tellInterval)).toEqual(intervals)
})

test('PodGC leaves Failed pods whose conditions say ready, and none of them counts as ready', () => {
  const observations = readRecording(new URL('deleted-node/recording.jsonl', golden))
  const failed = observations.filter(
    (seen): seen is WatchObservation =>
      seen.source === 'watch' && seen.kind === 'Pod' && JSON.stringify(seen).includes('"phase":"Failed"'),
  )
  expect(failed).toHaveLength(6)
  for (const seen of failed) {
    const saysReady = { conditions: [{ type: 'Ready', status: 'True' }] }
    expect(seen.object.status).toMatchObject(saysReady)
    const timeline = timelineOf(...observations.slice(0, observations.indexOf(seen) + 1))
    expect(isOpenIn(timeline.of('pod-ready', seen.object.metadata.uid))).toBe(false)
  }
})

test('PodGC takes the pods of a deleted node between 40 and 80 s after the deletion', () => {
  const timeline = timelineOf(...readRecording(new URL('deleted-node/recording.jsonl', golden)))
  const [fault] = timeline.of('fault')
  const taken = timeline.of('pod-phase').filter(({ detail }) => detail.phase === 'Failed')
  expect(taken).toHaveLength(2)
  for (const { fromMs } of taken) {
    const afterMs = fromMs - (fault?.detail.landedMs ?? 0)
    expect(afterMs).toBeGreaterThan(40_000)
    expect(afterMs).toBeLessThan(80_000)
  }
})

test('a node that is deleted and created again is two nodes, told apart by their UIDs', () => {
  const timeline = timelineOf(...readRecording(new URL('deleted-node/recording.jsonl', golden)))
  const same = timeline.of('node').filter(({ detail }) => detail.name.endsWith('-worker2'))
  expect(new Set(same.map(({ uid }) => uid)).size).toBe(2)
  expect(same.map(({ toMs }) => toMs === null)).toEqual([false, true])
})
