import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { ended, exited, type PodParts, pod, running, timelineOf, watched } from '../timeline/testing.ts'
import { judgeOutlives } from './to-outlive.ts'

const both = { app: running('a'), sidecar: running('s') }
const seen = (atMs: number, containers: NonNullable<PodParts['containers']>) =>
  watched('Pod', atMs, pod({ containers }))
const gone = (id: string) => ({ restartCount: 0, state: ended(id, 0) })
const exit = (atMs: number, container: string) =>
  exited(atMs, 'web-1', 0, { container, containerID: container.slice(0, 1) })

function judge(byRuntime: boolean, ...observations: Observation[]) {
  return judgeOutlives('web-1', 'sidecar', 'app', byRuntime)(timelineOf(seen(1, both), ...observations), 5)
}

describe('by the word of the runtime', () => {
  test('a sidecar outlives the app where it ends later', () => {
    expect(judge(true, exit(40, 'app'), exit(45, 'sidecar'))).toEqual({
      ...{ is: 'held', atMs: 45, detail: 'ended 5 ms after app had' },
    })
    expect(judge(true, exit(40, 'app'), exit(35, 'sidecar'))).toEqual({
      ...{ is: 'broken', atMs: 35, detail: 'it ended 5 ms before app did' },
    })
  })

  test('nothing is said before both ends are known, whatever the watch says', () => {
    const stopped = seen(50, { app: gone('a'), sidecar: gone('s') })
    expect(judge(true, stopped)).toEqual({ is: 'open', lastSeen: 'both were still running' })
    expect(judge(true, stopped, exit(40, 'app'))).toEqual({
      ...{ is: 'open', lastSeen: 'app had ended, and it had not' },
    })
    expect(judge(true, exit(40, 'sidecar'))).toEqual({
      ...{ is: 'open', lastSeen: 'it had ended, and app had not' },
    })
  })

  test('what ended before the fault is no part of it', () => {
    expect(judge(true, exit(4, 'app'), exit(45, 'sidecar')).is).toBe('open')
  })
})

describe('by the word of the watch', () => {
  test('one is known to end after the other where it is told of later', () => {
    const later = [seen(40, { app: gone('a'), sidecar: running('s') })]
    expect(judge(false, ...later, seen(45, { app: gone('a'), sidecar: gone('s') }))).toMatchObject({
      is: 'held',
    })
  })

  test('told of at once, neither is known to be the first', () => {
    expect(judge(false, seen(40, { app: gone('a'), sidecar: gone('s') })).is).toBe('unjudgeable')
  })
})
