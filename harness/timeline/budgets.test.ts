import { describe, expect, test } from 'vitest'
import { budgetOf, budgetsOf, keeps } from './budgets.ts'
import { budget, eviction, pod, replicated, spans, timelineOf, watched } from './testing.ts'

const seen = (atMs: number, parts: Parameters<typeof budget>[0] = {}, type?: 'DELETED') =>
  watched('PodDisruptionBudget', atMs, budget(parts), type)

describe('a budget', () => {
  test('says what it needs until it says something else, or is gone', () => {
    const timeline = timelineOf(seen(1), seen(2), seen(5, { healthy: 2 }), seen(9, { healthy: 2 }, 'DELETED'))
    const [first, second] = timeline.of('budget')
    expect(spans(timeline.of('budget'))).toEqual(['1-5', '5-9'])
    expect(first?.subject).toBe('PodDisruptionBudget/shop/web')
    expect(first?.detail).toEqual({
      ...{ name: 'web', namespace: 'shop', selector: { matchLabels: { app: 'web' } } },
      ...{ desired: 2, healthy: 3, expected: 3, allowed: 1 },
    })
    expect(second?.detail.allowed).toBe(0)
  })

  test('says nothing while it was counted for an older spec, or not at all', () => {
    expect(timelineOf(seen(1, { observed: 0 })).of('budget')).toEqual([])
    expect(spans(timelineOf(seen(1), seen(4, { observed: 0 })).of('budget'))).toEqual(['1-4'])
    const { status: _, ...uncounted } = budget()
    expect(timelineOf(watched('PodDisruptionBudget', 1, uncounted)).of('budget')).toEqual([])
  })
})

describe('whom a budget keeps', () => {
  const one = (selector: unknown, parts: Parameters<typeof pod>[0] = {}) => {
    const object = { ...budget(), spec: { selector } }
    const timeline = timelineOf(watched('PodDisruptionBudget', 1, object), watched('Pod', 1, pod(parts)))
    const [kept] = timeline.of('budget')
    const [mine] = timeline.of('pod')
    if (!kept || !mine) throw new Error('both were seen')
    return keeps(kept, mine)
  }
  const expression = (operator: string, ...values: string[]) => ({
    matchExpressions: [{ key: 'app', operator, values }],
  })

  test.each<[string, unknown, boolean]>([
    ['none without a selector', undefined, false],
    ['all with an empty one', {}, true],
    ['those of its labels', { matchLabels: { app: 'web' } }, true],
    ['no others', { matchLabels: { app: 'db' } }, false],
    ['one of several values', expression('In', 'db', 'web'), true],
    ['none of several values', expression('NotIn', 'db', 'web'), false],
    ['whoever has a label', expression('Exists'), true],
    ['whoever has it not', expression('DoesNotExist'), false],
  ])('%s', (_, selector, kept) => {
    expect(one(selector)).toBe(kept)
  })

  test('none of another namespace', () => {
    const elsewhere = { ...pod(), metadata: { ...pod().metadata, namespace: 'other' } }
    const timeline = timelineOf(seen(1), watched('Pod', 1, elsewhere))
    expect(budgetOf(timeline, 'web-1')).toBeUndefined()
  })

  test('by the name of a pod, and by those of a workload', () => {
    const timeline = timelineOf(
      ...[seen(1), seen(1, { uid: 'twin' }), seen(3, { uid: 'twin' }, 'DELETED')],
      ...[watched('ReplicaSet', 1, replicated('rs', 1, 1, 'd')), watched('Pod', 1, pod())],
    )
    expect(budgetOf(timeline, 'web-1')).toBe('web')
    const shape = (uid: string) => ({
      ...{ name: 'web', namespace: 'shop', services: [] },
      roots: [{ kind: 'Deployment', name: 'web', uid, replicas: 1 }],
    })
    expect(budgetsOf(timeline, shape('d'))).toEqual(['budget', 'twin'])
    expect(budgetsOf(timeline, shape('other'))).toEqual([])
  })
})

test('each answer to an eviction is a point in time', () => {
  const told = timelineOf(eviction(3, 'web-1', true), eviction(8, 'web-1')).of('eviction', 'web-1')
  expect(spans(told)).toEqual(['3-3', '8-8'])
  expect(told.map(({ detail }) => [detail.refused, detail.budget])).toEqual([
    [true, 'web'],
    [false, null],
  ])
})

test('why a pod is taken away is known from its condition on', () => {
  const disrupted = 'EvictionByEvictionAPI'
  const timeline = timelineOf(
    watched('Pod', 1, pod()),
    watched('Pod', 2, pod({ disrupted })),
    watched('Pod', 3, pod({ disrupted, grace: 30 })),
    watched('Pod', 5, pod({ disrupted, grace: 30 }), 'DELETED'),
  )
  expect(spans(timeline.of('pod-disrupted', 'web-1'))).toEqual(['2-5'])
  expect(timeline.of('pod-disrupted')[0]?.detail.reason).toBe('EvictionByEvictionAPI')
})

test('a node is cordoned and tainted from, to', () => {
  const node = (spec: object) => ({ metadata: { name: 'n1', uid: 'n' }, spec })
  const taint = (key: string, effect: string) => ({ key, effect, timeAdded: 'then' })
  const timeline = timelineOf(
    watched('Node', 1, node({})),
    watched('Node', 2, node({ unschedulable: true, taints: [taint('a', 'NoSchedule')] })),
    watched('Node', 4, node({ taints: [taint('a', 'NoExecute'), taint('a', 'NoSchedule')] })),
    watched('Node', 6, node({})),
  )
  expect(spans(timeline.of('node-unschedulable', 'n'))).toEqual(['2-4'])
  expect(
    timeline.of('node-tainted').map(({ detail, fromMs, toMs }) => [detail.effect, fromMs, toMs]),
  ).toEqual([
    ['NoSchedule', 2, 6],
    ['NoExecute', 4, 6],
  ])
  expect(timeline.of('node-tainted')[0]?.detail).toEqual({
    name: 'n1',
    key: 'a',
    value: '',
    effect: 'NoSchedule',
  })
})
