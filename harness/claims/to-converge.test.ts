import { describe, expect, test } from 'vitest'
import { replicated, timelineOf, watched } from '../timeline/testing.ts'
import { judgeConverged } from './to-converge.ts'

/** A Deployment's word at that time: how many it desires, has, and has ready. */
const told = (atMs: number, desired: number, current: number, ready: number, type?: 'DELETED') => {
  const { status, ...rest } = replicated('d', desired)
  return watched(
    'Deployment',
    atMs,
    { ...rest, status: { ...(status as object), replicas: current, readyReplicas: ready } },
    type,
  )
}
const judge = (...seen: ReturnType<typeof told>[]) => judgeConverged('d')(timelineOf(...seen), 10)

describe('the counts of a Deployment', () => {
  test('agree again, each from a time of its own', () => {
    const up = [told(1, 1, 1, 1), told(20, 3, 1, 1), told(30, 3, 3, 1), told(40, 3, 3, 2)]
    expect(judge(...up)).toEqual({
      ...{ is: 'open', lastSeen: 'its counts did not agree: desired 3, current 3, ready 2' },
    })
    expect(judge(...up, told(50, 3, 3, 3))).toEqual({
      ...{ is: 'held', atMs: 50 },
      detail:
        'its counts agreed (desired 3 from 0.02 s on, current 3 from 0.03 s on, ready 3 from 0.05 s on)',
      reached: [
        { what: 'desired', atMs: 20 },
        { what: 'current', atMs: 30 },
        { what: 'ready', atMs: 50 },
      ],
    })
  })

  test('agree from then on, whatever else of it is counted later', () => {
    const later = replicated('d', 2)
    const available = (atMs: number, availableReplicas: number) =>
      watched('Deployment', atMs, { ...later, status: { ...(later.status as object), availableReplicas } })
    expect(judge(told(1, 2, 2, 2), told(20, 2, 2, 1), available(30, 1), available(40, 2))).toMatchObject({
      ...{ is: 'held', atMs: 30 },
    })
  })

  test('may have been right all along but for those that are ready', () => {
    expect(judge(told(1, 5, 5, 5), told(20, 5, 5, 3), told(30, 5, 5, 5))).toMatchObject({
      atMs: 30,
      detail: 'its counts agreed (desired 5 all along, current 5 all along, ready 5 from 0.03 s on)',
    })
  })

  test('have to be seen to differ after the fault', () => {
    expect(judge(told(1, 5, 5, 5))).toEqual({
      ...{ is: 'open', lastSeen: 'its counts were not seen to differ (desired 5, current 5, ready 5)' },
    })
    expect(judge(told(1, 5, 5, 5), told(5, 5, 5, 3), told(20, 5, 5, 5))).toEqual({
      ...{ is: 'unjudgeable', detail: 'its counts did not agree when the fault was injected' },
    })
  })

  test('do not agree any more where they differ again, and never of what is deleted', () => {
    const back = [told(1, 2, 2, 2), told(20, 2, 2, 1), told(30, 2, 2, 2)]
    expect(judge(...back, told(40, 2, 2, 1)).is).toBe('open')
    expect(judge(...back, told(40, 2, 2, 1), told(50, 2, 2, 2))).toMatchObject({ atMs: 50 })
    expect(judge(...back, told(40, 2, 2, 2, 'DELETED'))).toEqual({
      ...{ is: 'broken', atMs: 40, detail: 'it was deleted' },
    })
  })
})
