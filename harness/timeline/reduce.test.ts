import { describe, expect, test } from 'vitest'
import type { FaultObservation, Observation, TrafficObservation } from '../model/observation.ts'
import { intervalsOf } from './reduce.ts'
import { lostRequest, replicaSet, replicated, spans, timelineOf, watched } from './testing.ts'

const node = (uid: string, ready: boolean | null = true) => ({
  metadata: { name: 'n1', uid },
  status: { conditions: ready === null ? [] : [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
})

describe('a node', () => {
  test('is ready while its condition says so', () => {
    const timeline = timelineOf(
      watched('Node', 1, node('a', null)),
      watched('Node', 2, node('a')),
      watched('Node', 3, node('a', false)),
    )
    expect(spans(timeline.of('node'))).toEqual(['1-'])
    expect(spans(timeline.of('node-ready'))).toEqual(['2-3'])
  })

  test('that is deleted and created again is another one', () => {
    const timeline = timelineOf(
      watched('Node', 1, node('a'), 'LISTED'),
      watched('Node', 2, node('a'), 'DELETED'),
      watched('Node', 3, node('b'), 'ADDED'),
    )
    expect([spans(timeline.of('node', 'a')), spans(timeline.of('node', 'b'))]).toEqual([['1-2'], ['3-']])
    expect(spans(timeline.of('node-ready'))).toEqual(['1-2', '3-'])
    expect(timeline.of('node').map(({ subject }) => subject)).toEqual(['Node/n1', 'Node/n1'])
  })
})

describe('replicas', () => {
  test('are an interval for each set of counts, and end with their owner', () => {
    const timeline = timelineOf(
      watched('Deployment', 1, replicated('d', 3, 0)),
      watched('Deployment', 2, replicated('d', 3)),
      watched('Deployment', 3, replicated('d', 3)),
      watched('Deployment', 4, replicated('d', 3), 'DELETED'),
    )
    expect(spans(timeline.of('replicas', 'd'))).toEqual(['1-2', '2-4'])
    expect(timeline.of('replicas')[1]).toMatchObject({
      subject: 'Deployment/shop/web',
      detail: { desired: 3, current: 3, updated: 3, ready: 3, available: 3 },
    })
  })

  test('are none where the status is not told yet, and one where the spec asks for no number', () => {
    const metadata = { name: 'web', namespace: 'shop', uid: 'd' }
    const timeline = timelineOf(watched('ReplicaSet', 1, { metadata, spec: {} }))
    const none = { current: 0, updated: 0, ready: 0, available: 0 }
    expect(timeline.of('replicas')[0]?.detail).toEqual({ desired: 1, ...none })
  })

  test("of a ReplicaSet, which counts no updates, are all up to date; it is its Deployment's", () => {
    const { status, ...rest } = replicated('rs', 2, 2, 'd')
    const { updatedReplicas: _, ...counts } = status as Record<string, number>
    const timeline = timelineOf(watched('ReplicaSet', 1, { ...rest, status: counts }))
    expect(timeline.of('replicas')[0]?.detail.updated).toBe(2)
    expect(timeline.isControlledBy('rs', 'd')).toBe(true)
  })
})

describe('an event', () => {
  const event = (count: number | null) => ({
    metadata: { name: 'e', uid: 'e' },
    ...{ reason: 'Unhealthy', type: 'Warning', message: 'probe failed', count },
    involvedObject: {
      ...{ kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'web-1' },
      fieldPath: 'spec.containers{app}',
    },
  })

  test('is a point in time, and another one each time that its count grows', () => {
    const timeline = timelineOf(
      watched('Event', 1, event(1), 'ADDED'),
      watched('Event', 5, event(3), 'MODIFIED'),
      watched('Event', 9, event(3), 'DELETED'),
    )
    expect(spans(timeline.of('event', 'web-1'))).toEqual(['1-1', '5-5'])
    expect(timeline.of('event').map(({ detail }) => detail.count)).toEqual([1, 3])
    expect(timeline.of('event')[0]).toMatchObject({
      subject: 'Pod/shop/web-1',
      detail: { reason: 'Unhealthy', type: 'Warning', fieldPath: 'spec.containers{app}' },
    })
  })

  test('from before the watch began is not news', () => {
    expect(timelineOf(watched('Event', 1, event(2), 'LISTED')).of('event')).toEqual([])
  })

  test('without a count has happened once', () => {
    expect(timelineOf(watched('Event', 1, event(null))).of('event')[0]?.detail.count).toBe(1)
  })
})

describe('a fault', () => {
  const seen = (phase: FaultObservation['phase'], atMs: number, lasting = true): Observation => ({
    ...{ source: 'fault', atMs, fault: 0, phase, lasting, kind: 'failProbe', target: 'Pod/shop/web-1' },
    ...(phase === 'landed' && { evidence: 'the proxy answered' }),
  })

  test('that lasts is from its injection to its revert, and knows when it landed', () => {
    const timeline = timelineOf(seen('injecting', 1), seen('landed', 3), seen('reverted', 9))
    expect(spans(timeline.of('fault', '0'))).toEqual(['1-9'])
    expect(timeline.of('fault')[0]?.detail).toMatchObject({ landedMs: 3, evidence: 'the proxy answered' })
  })

  test('that does not last is over once it has landed', () => {
    const timeline = timelineOf(seen('injecting', 1, false), seen('landed', 3, false))
    expect(spans(timeline.of('fault'))).toEqual(['1-3'])
  })

  test('that has not landed says so', () => {
    expect(timelineOf(seen('injecting', 1)).of('fault')[0]?.detail.landedMs).toBeNull()
  })

  test('is told with the probes that it answered', () => {
    const probe: Observation = {
      ...{ source: 'probe', atMs: 4, fault: 0, podUid: 'web-1', subject: 'Pod/shop/web-1/app' },
      ...{ probe: 'liveness', answered: 'status 500' },
    }
    expect(timelineOf(probe).of('probe-failed', 'web-1')).toMatchObject([
      { fromMs: 4, toMs: 4, detail: { fault: 0, probe: 'liveness', answered: 'status 500' } },
    ])
  })
})

test('a gap is a stretch of a watch, from when it last saw to when it could see again', () => {
  const gap: Observation = { source: 'gap', fromMs: 2, atMs: 7, watch: 'Pod', reason: 'expired' }
  expect(timelineOf(gap).of('gap', 'Pod')).toMatchObject([
    { fromMs: 2, toMs: 7, detail: { reason: 'expired' } },
  ])
})

test('a step of the harness has its beginning and its end', () => {
  const step: Observation = { source: 'step', atMs: 2, untilMs: 7, step: 'a quiet minute' }
  expect(timelineOf(step).of('step')).toMatchObject([{ fromMs: 2, toMs: 7, subject: 'a quiet minute' }])
})

test('intervals come oldest first, whatever their kind', () => {
  const intervals = intervalsOf([
    watched('Deployment', 1, replicated('d', 1)),
    watched('Node', 2, node('a')),
    watched('Deployment', 3, replicated('d', 2)),
  ])
  expect(intervals.map(({ kind, fromMs }) => `${kind} ${fromMs}`)).toEqual([
    ...['replicas 1', 'node 2', 'node-ready 2', 'replicas 3'],
  ])
})

describe('traffic', () => {
  const answered = (atMs: number, tookMs = 10, service = 'web'): TrafficObservation => ({
    ...{ source: 'traffic', atMs, service, seq: 0, connection: 'new', tookMs, status: 200 },
  })

  test('is counted, and its longest gap is from one good answer to the next', () => {
    const { traffic } = timelineOf(
      answered(0),
      answered(100),
      lostRequest(200),
      answered(350, 50),
      answered(400),
    )
    expect(traffic).toMatchObject({ requests: 5, losses: [{ lost: 'refused' }], longestGapMs: 290 })
  })

  test('each Service has gaps of its own', () => {
    const { traffic } = timelineOf(
      answered(0),
      answered(50, 10, 'api'),
      answered(90),
      answered(120, 10, 'api'),
    )
    expect(traffic.longestGapMs).toBe(90)
  })

  test('an answer that is told late makes no gap longer', () => {
    const { traffic } = timelineOf(answered(0), answered(300, 0), answered(100), answered(600, 0))
    expect(traffic.longestGapMs).toBe(300)
  })

  test('no gap is longer for the time before the first answer', () => {
    expect(timelineOf(answered(9_000)).traffic.longestGapMs).toBe(0)
  })
})

describe('a roll-out', () => {
  test("is a revision of a ReplicaSet's, which becomes another when its template is taken back", () => {
    const timeline = timelineOf(
      watched('ReplicaSet', 1, replicaSet('v1', 1)),
      watched('ReplicaSet', 2, replicaSet('v1', 1, 3)),
      watched('ReplicaSet', 3, replicaSet('v1', 3, 3)),
      watched('ReplicaSet', 4, replicaSet('v1', 3, 3), 'DELETED'),
    )
    expect(spans(timeline.of('revision', 'v1'))).toEqual(['1-3', '3-4'])
    expect(timeline.of('revision').map(({ detail }) => detail)).toEqual([
      { revision: 1, name: 'v1' },
      { revision: 3, name: 'v1' },
    ])
  })

  test('is told by the condition Progressing of its Deployment, whenever its status or reason changes', () => {
    const progressing = (status: string, reason: string, lastUpdateTime = '') => {
      const { status: counts, ...rest } = replicated('d', 3)
      const conditions = [{ type: 'Progressing', status, reason, lastUpdateTime }]
      return { ...rest, status: { ...(counts as object), conditions } }
    }
    const timeline = timelineOf(
      watched('Deployment', 1, replicated('d', 3)),
      watched('Deployment', 2, progressing('True', 'ReplicaSetUpdated', 'a')),
      watched('Deployment', 3, progressing('True', 'ReplicaSetUpdated', 'b')),
      watched('Deployment', 4, progressing('False', 'ProgressDeadlineExceeded')),
      watched('Deployment', 5, progressing('False', 'ProgressDeadlineExceeded'), 'DELETED'),
    )
    expect(spans(timeline.of('progressing', 'd'))).toEqual(['2-4', '4-5'])
    expect(timeline.of('progressing')[1]?.detail).toEqual({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    })
    expect(timeline.of('revision')).toEqual([])
  })
})
