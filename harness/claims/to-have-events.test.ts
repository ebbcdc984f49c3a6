import { describe, expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { timelineOf, watched } from '../timeline/testing.ts'
import { judgeEvents, toHaveEvents } from './to-have-events.ts'

const event = (atMs: number, reason: string, container = 'app', count = 1) =>
  watched('Event', atMs, {
    metadata: { name: `${reason}-${container}`, uid: `${reason}-${container}`, namespace: 'shop' },
    ...{ reason, type: 'Normal', message: '', count },
    involvedObject: {
      ...{ kind: 'Pod', name: 'web-1', uid: 'web-1', namespace: 'shop' },
      fieldPath: `spec.containers{${container}}`,
    },
  })
const judge = (reasons: string[], ...events: ReturnType<typeof event>[]) =>
  judgeEvents('web-1', reasons, 'app')(timelineOf(...events), 10)

describe('the events of a pod', () => {
  test('tell the story in its order, whatever comes between', () => {
    const story = [event(11, 'Started'), event(20, 'Unhealthy'), event(21, 'Unhealthy', 'app', 2)]
    const reasons = ['Started', 'Unhealthy', 'Killing', 'Started']
    expect(judge(reasons, ...story, event(30, 'Killing'))).toEqual({
      ...{
        is: 'open',
        lastSeen: 'it had Started at 0.01 s, Unhealthy at 0.02 s, Killing at 0.03 s, and no Started after',
      },
    })
    expect(judge(reasons, ...story, event(30, 'Killing'), event(32, 'Started', 'app', 2))).toEqual({
      ...{ is: 'held', atMs: 32 },
      detail: 'had Started at 0.01 s, Unhealthy at 0.02 s, Killing at 0.03 s, Started at 0.03 s',
    })
  })

  test('in another order are another story', () => {
    const swapped = [event(11, 'Killing'), event(12, 'Unhealthy')]
    expect(judge(['Unhealthy', 'Killing'], ...swapped).is).toBe('open')
  })

  test('of before the fault, or of another container, are none of it', () => {
    expect(judge(['Killing'], event(9, 'Killing'), event(11, 'Killing', 'side'))).toEqual({
      ...{ is: 'open', lastSeen: 'it had no event Killing' },
    })
    const ofThePod = judgeEvents('web-1', ['Killing'])
    expect(ofThePod(timelineOf(event(11, 'Killing', 'side')), 10).is).toBe('held')
    expect(judgeEvents('web-2', ['Killing'])(timelineOf(event(11, 'Killing')), 10).is).toBe('open')
  })
})

test.each([[], [''], 'Killing', [1]])('%j are no reasons', (reasons) => {
  expect(() => toHaveEvents({} as never, { reasons } as never, '')).toThrow(UsageError)
})
