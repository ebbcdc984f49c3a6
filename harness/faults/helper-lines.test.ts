import { describe, expect, test } from 'vitest'
import { EnvironmentError } from '../model/errors.ts'
import { FakeRecording } from '../timeline/testing.ts'
import { HelperLines } from './helper-lines.ts'

function listen() {
  const recording = new FakeRecording()
  const failed: number[] = []
  const onFailed = (atMs: number) => failed.push(atMs)
  const of = { recording, name: 'Pod/shop/helper', node: 'n1' }
  const lines = new HelperLines({ ...of, epochAtZero: 1_000_000, onFailed })
  return { recording, failed, lines, inPlace: () => lines.inPlace(1_000, new AbortController().signal) }
}

describe('a helper is in place', () => {
  test('once it says so, and not before', async () => {
    const { lines, inPlace } = listen()
    lines.read('{"t":1,"armed":"10.244.1.2:80"}')
    await expect(inPlace()).resolves.toBeUndefined()
    await expect(listen().inPlace()).rejects.toThrow(
      'Pod/shop/helper: what fails probes was not in place in time',
    )
  })

  test('or says why it cannot be', async () => {
    const { lines, inPlace } = listen()
    lines.read('{"t":1,"error":"nft: not permitted"}')
    await expect(inPlace()).rejects.toThrow('Node/n1: probes cannot be failed: nft: not permitted')
  })

  test('or ends before it is', async () => {
    const { lines, inPlace } = listen()
    lines.lost()
    await expect(inPlace()).rejects.toThrow(EnvironmentError)
  })
})

test('each probe that it failed is told, and what is no line of its own is passed over', () => {
  const { lines, failed } = listen()
  for (const line of ['{"failed":"/healthz"}', 'nft: a warning', '{"failed":"/healthz"}', ''])
    lines.read(line)
  expect(failed).toEqual([0, 0])
})

test('a failure has the time that the node wrote it at, unless that cannot be', async () => {
  const { lines, recording, failed } = listen()
  await recording.clock.sleep(5_000)
  // Its lines may come all at once, long after they were written.
  lines.read('{"t":1003000,"armed":"yes"}')
  for (const t of [1_003_100, 1_005_000, 1_005_001, 999_999, 1_000_000]) lines.read(`{"t":${t},"failed":"/"}`)
  expect(failed).toEqual([3_100, 5_000, 5_000, 5_000, 0])
})

test('an end that nobody asked for is a gap, for the fault is gone; one that was asked for is not', () => {
  const { lines, recording } = listen()
  lines.read('{"armed":"yes"}')
  lines.lost()
  lines.read('{"error":"nft: table is gone"}')
  const reasons = () => recording.timeline.of('gap').map(({ detail }) => detail)
  expect(reasons()).toEqual([
    { watch: 'probe', reason: 'Pod/shop/helper: what fails probes ended' },
    { watch: 'probe', reason: 'Node/n1: probes cannot be failed: nft: table is gone' },
  ])
  lines.dismiss()
  lines.lost()
  expect(reasons()).toHaveLength(2)
})
