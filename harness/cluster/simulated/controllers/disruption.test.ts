import { describe, expect, test } from 'vitest'
import type { PodObject } from '../../kube.ts'
import { evictPod } from '../api/eviction.ts'
import { deletePod } from '../deletion.ts'
import type { ObjectOf } from '../store.ts'
import { startDisruption } from './disruption.ts'
import { addDeployment, testWorld } from './testing.ts'

type Spec = ObjectOf<'PodDisruptionBudget'>['spec']
const selector = { matchLabels: { app: 'web' } }

/** Ready pods of a Deployment of so many, and a budget for them. */
function scene(spec: Spec, count = 3) {
  const world = testWorld()
  const { store, clock } = world
  const { uid: owner = '' } = addDeployment(world, { replicas: count }).metadata ?? {}
  const set = store.create('ReplicaSet', {
    metadata: {
      ...{ name: 'web-1', namespace: 'shop' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: owner, controller: true },
      ],
    },
    // In the midst of a roll-out it has another size than its Deployment.
    spec: { selector, replicas: count + 1 },
  })
  const add = (name: string, ready = true, labels = { app: 'web' }) => {
    const ownerReferences = [
      {
        ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1' },
        ...{ uid: set.metadata?.uid ?? '', controller: true },
      },
    ]
    const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }]
    store.create('Pod', {
      metadata: { name, namespace: 'shop', labels, ownerReferences },
      spec: { nodeName: 'n1', containers: [], terminationGracePeriodSeconds: 30 },
      status: { phase: 'Running', conditions },
    })
  }
  for (let n = 1; n <= count; n++) add(`web-${n}`)
  startDisruption(world)
  const metadata = { name: 'web', namespace: 'shop' }
  store.create('PodDisruptionBudget', { metadata, spec: { selector, ...spec } } as never)
  clock.advance(100)
  const status = () => store.get('PodDisruptionBudget', 'web', 'shop')?.status
  const counts = () => {
    const { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed } = status() ?? {}
    return [expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed]
  }
  const evict = (name: string, options = {}) => evictPod(world, { namespace: 'shop', name }, options)
  const pod = (name: string) => store.get('Pod', name, 'shop')
  return { world, store, clock, add, counts, status, evict, pod }
}

describe('the counts of a budget', () => {
  test.each<[string, Spec, (number | undefined)[]]>([
    ['a number that must be there counts the pods that are', { minAvailable: 2 }, [4, 2, 3, 1]],
    ['so many may be missing of the Deployment', { maxUnavailable: 1 }, [3, 2, 3, 1]],
    ['a percentage that must be there is rounded up', { minAvailable: '50%' }, [3, 2, 3, 1]],
    ['and so is one that may be missing', { maxUnavailable: '50%' }, [3, 1, 3, 2]],
    ['more than all leaves no room', { minAvailable: 7 }, [4, 7, 3, 0]],
  ])('%s', (_, spec, wanted) => {
    const { add, counts, clock } = scene(spec)
    add('late', false)
    clock.advance(100)
    expect(counts()).toEqual(wanted)
  })

  test('a budget without pods has no room', () => {
    const { counts, status } = scene({ maxUnavailable: 1 }, 0)
    expect(counts()).toEqual([0, 0, 0, 0])
    expect(status()?.conditions).toMatchObject([{ status: 'False', reason: 'InsufficientPods' }])
  })

  test('pods of other labels are none of its own', () => {
    const { add, counts, clock } = scene({ minAvailable: 2 })
    add('db', true, { app: 'db' })
    clock.advance(100)
    expect(counts()).toEqual([3, 2, 3, 1])
  })

  test('a deletion spends it without asking', () => {
    const { store, counts, clock } = scene({ minAvailable: 2 })
    deletePod(store, 'web-1', 'shop')
    deletePod(store, 'web-2', 'shop')
    clock.advance(100)
    expect(counts()).toEqual([3, 2, 1, 0])
  })
})

describe('an eviction', () => {
  test('takes from the budget at once, and the next one is refused until another pod is ready', () => {
    const { evict, add, clock, pod, counts } = scene({ minAvailable: 2 })
    expect(evict('web-1')).toEqual({ is: 'evicted' })
    expect(pod('web-1')?.metadata?.deletionGracePeriodSeconds).toBe(30)
    expect(conditionOf(pod('web-1'))).toMatchObject({ status: 'True', reason: 'EvictionByEvictionAPI' })
    expect(evict('web-2')).toEqual({
      ...{ is: 'refused', why: 'The disruption budget web needs 2 healthy pods and has 3 currently' },
    })
    clock.advance(100)
    expect(evict('web-2')).toMatchObject({ why: expect.stringContaining('has 2 currently') })
    expect(pod('web-2')?.metadata?.deletionTimestamp).toBeUndefined()
    add('web-4')
    clock.advance(100)
    expect(counts()).toEqual([4, 2, 3, 1])
    expect(evict('web-2', { gracePeriodSeconds: 5 })).toEqual({ is: 'evicted' })
    expect(pod('web-2')?.metadata?.deletionGracePeriodSeconds).toBe(5)
  })

  test('of what is not ready asks nobody where enough others are', () => {
    const { evict, add, clock, counts } = scene({ minAvailable: 3 })
    add('ill', false)
    clock.advance(100)
    expect(counts()).toEqual([4, 3, 3, 0])
    expect(evict('ill')).toEqual({ is: 'evicted' })
    expect(evict('web-1')).toMatchObject({ is: 'refused' })
  })

  test('of what is not ready is refused where too few others are, unless the budget lets it go', () => {
    const ill = (spec: Spec) => {
      const { evict, add, clock } = scene(spec)
      add('ill', false)
      clock.advance(100)
      return evict('ill').is
    }
    expect(ill({ minAvailable: 4 })).toBe('refused')
    expect(ill({ minAvailable: 4, unhealthyPodEvictionPolicy: 'AlwaysAllow' })).toBe('evicted')
  })

  test('before the budget was counted is refused', () => {
    const { store, evict } = scene({ minAvailable: 2 })
    const budget = store.get('PodDisruptionBudget', 'web', 'shop')
    store.update('PodDisruptionBudget', { ...budget, spec: { selector, minAvailable: 1 } })
    const why = 'The disruption budget web is still being processed by the server.'
    expect(evict('web-1')).toEqual({ is: 'refused', why })
  })

  test('of a pod of two budgets is an error, of another pod a conflict, of none nothing', () => {
    const { store, evict } = scene({ minAvailable: 2 })
    expect(() => evict('web-1', { uid: 'other' })).toThrow('UID in precondition: other')
    expect(evict('web-9')).toEqual({ is: 'gone' })
    store.create('PodDisruptionBudget', {
      ...{ metadata: { name: 'more', namespace: 'shop' }, spec: { selector, minAvailable: 0 } },
    })
    expect(() => evict('web-1')).toThrow('more than one PodDisruptionBudget')
  })
})

function conditionOf(pod: PodObject | undefined) {
  return pod?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
}
