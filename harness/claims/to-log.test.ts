import { describe, expect, test } from 'vitest'
import type { LogObservation, Observation } from '../model/observation.ts'
import { ended, pod, running, timelineOf, watched } from '../timeline/testing.ts'
import { judgeLogged } from './to-log.ts'

const seen = (atMs: number, app: ReturnType<typeof running>) =>
  watched('Pod', atMs, pod({ containers: { app } }))
const wrote = (atMs: number, line: string, containerID = 'id1', container = 'app'): LogObservation => ({
  ...{ source: 'log', atMs, podUid: 'web-1', subject: `Pod/shop/web-1/${container}` },
  ...{ container, containerID, line },
})
const first = seen(1, running('id1'))
const second = seen(20, running('id2', 1, ended('id1')))
const judge = (text: string | RegExp, previous: boolean, ...observations: Observation[]) =>
  judgeLogged('web-1', 'app', text, previous)(timelineOf(first, ...observations), 10)

describe('a line', () => {
  test('counts from the fault on, by when it was written, whenever it was read', () => {
    expect(judge('open', false, wrote(5, 'open'))).toEqual({
      ...{ is: 'open', lastSeen: 'it had written nothing since the fault' },
    })
    expect(judge('open', false, wrote(5, 'open'), wrote(12, 'is open again'))).toEqual({
      ...{ is: 'held', atMs: 12, detail: 'wrote “is open again”' },
    })
  })

  test('is found by a part of it, or by an expression, again and again', () => {
    const lines = [wrote(11, 'port 80'), wrote(12, 'port 8080')]
    expect(judge('8080', false, ...lines)).toMatchObject({ is: 'held', atMs: 12 })
    const sticky = /port \d{4}$/g
    for (let n = 0; n < 2; n++) expect(judge(sticky, false, ...lines)).toMatchObject({ is: 'held', atMs: 12 })
  })

  test('of another container is none of it', () => {
    expect(judge('open', false, wrote(12, 'open', 's1', 'side')).is).toBe('open')
  })

  test('that never came is told with the last one that did', () => {
    expect(judge('shut', false, wrote(11, 'open'))).toMatchObject({
      lastSeen: 'it had written a line since the fault, the last one “open” at 0.01 s',
    })
    expect(judge('shut', false, wrote(11, 'one'), wrote(12, 'x'.repeat(500)))).toMatchObject({
      lastSeen: `it had written 2 lines since the fault, the last one “${'x'.repeat(120)}…” at 0.01 s`,
    })
  })
})

describe('a line of the incarnation before', () => {
  test('counts once that has ended, though it was written before the fault', () => {
    expect(judge('open', true, wrote(5, 'open'))).toEqual({
      ...{ is: 'open', lastSeen: 'no incarnation of it had ended since the fault' },
    })
    expect(judge('open', true, wrote(5, 'open'), second)).toEqual({
      ...{ is: 'held', atMs: 20, detail: 'wrote “open” at 0.01 s and ended' },
    })
  })

  test('is not one of the incarnation that runs', () => {
    expect(judge('open', true, second, wrote(25, 'open', 'id2'))).toEqual({
      ...{ is: 'open', lastSeen: 'it had ended at 0.02 s, and it had written nothing' },
    })
    expect(judge('shut', true, wrote(5, 'open'), second)).toMatchObject({
      lastSeen: 'it had ended at 0.02 s, and its last line was “open”',
    })
  })

  test('is not one that was taken back', () => {
    const lines = [wrote(4, 'open', 'id2'), wrote(5, 'open'), wrote(5, 'is shut')]
    const taken = judge('open', true, ...lines, second, { ...wrote(5, 'open'), takenBack: true })
    expect(taken).toMatchObject({ is: 'open', lastSeen: expect.stringContaining('“is shut”') })
  })

  test('is not one of an incarnation that had ended before the fault', () => {
    const earlier = judgeLogged('web-1', 'app', 'open', true)
    expect(earlier(timelineOf(first, wrote(5, 'open'), second), 30).is).toBe('open')
  })
})
