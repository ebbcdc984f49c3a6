import { describe, expect, test } from 'vitest'
import type { PodObject } from '../../kube.ts'
import { deletePod } from '../deletion.ts'
import type { World } from '../world.ts'
import { startControllers } from './index.ts'
import { isActive } from './pod-state.ts'
import { addNode, templateOf, testWorld, toldOf } from './testing.ts'

function job(more: object = {}, restartPolicy: 'Never' | 'OnFailure' = 'Never') {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1')
  world.store.create('Job', {
    metadata: { name: 'report', namespace: 'shop' },
    spec: {
      ...{ backoffLimit: 6, completions: 1, parallelism: 1, template: templateOf('one', { restartPolicy }) },
      ...more,
    },
    status: {},
  })
  world.clock.advance(3_000)
  return world
}
const podsOf = (world: World) => world.store.list('Pod', 'shop')
const active = (world: World) => podsOf(world).filter(isActive)
const statusOf = (world: World) => world.store.get('Job', 'report', 'shop')?.status
const conditionsOf = (world: World) =>
  statusOf(world)?.conditions?.map(({ type, reason }) => `${type} ${reason}`)

/** The pod ends now. */
function end(world: World, pod: PodObject | undefined, exitCode: number, phase?: string): void {
  if (!pod) throw new Error('there is no such pod')
  const terminated = { exitCode, reason: 'Error', finishedAt: world.store.timestamp(), startedAt: '' }
  const status = { name: 'web', restartCount: 0, ready: false, image: '', imageID: '', state: { terminated } }
  const ended = phase ?? (exitCode === 0 ? 'Succeeded' : 'Failed')
  world.store.update('Pod', { ...pod, status: { ...pod.status, phase: ended, containerStatuses: [status] } })
}

describe('a Job', () => {
  test('makes its pod, and is complete when that has succeeded', () => {
    const world = job()
    expect(podsOf(world)).toHaveLength(1)
    const { uid } = world.store.get('Job', 'report', 'shop')?.metadata ?? {}
    expect(podsOf(world)[0]?.metadata).toMatchObject({
      generateName: 'report-',
      labels: { app: 'web', 'job-name': 'report', 'batch.kubernetes.io/controller-uid': uid },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'report', uid, controller: true }],
    })
    expect(statusOf(world)).toMatchObject({ active: 1, ready: 1 })
    end(world, podsOf(world)[0], 0)
    world.clock.advance(900)
    expect(conditionsOf(world)).toBeUndefined()
    world.clock.advance(300)
    expect(conditionsOf(world)).toEqual([
      'SuccessCriteriaMet CompletionsReached',
      'Complete CompletionsReached',
    ])
    expect(statusOf(world)).toMatchObject({ succeeded: 1, ready: 0, completionTime: expect.any(String) })
    expect(statusOf(world)?.active).toBeUndefined()
    expect(toldOf(world, 'Completed')).toEqual(['Job completed'])
    world.clock.advance(60_000)
    expect(podsOf(world)).toHaveLength(1)
  })

  test('makes another pod 10 s after the end of one that failed, and 20 s after the next', () => {
    const world = job()
    end(world, podsOf(world)[0], 137)
    world.clock.advance(8_900)
    expect(podsOf(world)).toHaveLength(1)
    expect(statusOf(world)).toMatchObject({ failed: 1 })
    world.clock.advance(1_300)
    expect(podsOf(world)).toHaveLength(2)
    world.clock.advance(5_000)
    end(world, active(world)[0], 1)
    world.clock.advance(18_900)
    expect(podsOf(world)).toHaveLength(2)
    world.clock.advance(1_300)
    expect(podsOf(world)).toHaveLength(3)
    world.clock.advance(5_000)
    end(world, active(world)[0], 0)
    world.clock.advance(2_000)
    expect(statusOf(world)).toMatchObject({ succeeded: 1, failed: 2 })
  })

  test('fails when more of its pods have failed than its backoffLimit', () => {
    const world = job({ backoffLimit: 0, completions: 2, parallelism: 2 })
    end(world, podsOf(world)[0], 1)
    world.clock.advance(1_060)
    expect(conditionsOf(world)).toEqual(['FailureTarget BackoffLimitExceeded'])
    world.clock.advance(2_000)
    expect(conditionsOf(world)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded'])
    expect(toldOf(world, 'BackoffLimitExceeded')).toEqual(['Job has reached the specified backoff limit'])
    world.clock.advance(60_000)
    expect(podsOf(world)).toHaveLength(1)
  })

  test('counts a pod as failed as soon as it is deleted, and makes another 10 s after that', () => {
    const world = job()
    deletePod(world.store, podsOf(world)[0]?.metadata?.name ?? '', 'shop')
    world.clock.advance(1_200)
    expect(statusOf(world)).toMatchObject({ failed: 1, terminating: 0 })
    world.clock.advance(7_700)
    expect(active(world)).toHaveLength(0)
    world.clock.advance(1_300)
    expect(active(world)).toHaveLength(1)
    expect(statusOf(world)).toMatchObject({ failed: 1 })
  })

  test('has as many pods at once as its parallelism says, and no more than are missing', () => {
    const world = job({ completions: 3, parallelism: 2 })
    expect(active(world)).toHaveLength(2)
    for (const pod of active(world)) end(world, pod, 0)
    world.clock.advance(3_000)
    expect(active(world)).toHaveLength(1)
    end(world, active(world)[0], 0)
    world.clock.advance(2_000)
    expect(statusOf(world)).toMatchObject({ succeeded: 3 })
    expect(conditionsOf(world)).toContain('Complete CompletionsReached')
  })

  test('counts the restarts of its containers where they are restarted in their pod', () => {
    const world = job({ backoffLimit: 1 }, 'OnFailure')
    const [pod] = podsOf(world)
    if (!pod) throw new Error('there is none')
    const status = { name: 'web', restartCount: 1, ready: true, image: '', imageID: '' }
    world.store.update('Pod', { ...pod, status: { ...pod.status, containerStatuses: [status] } })
    world.clock.advance(3_000)
    expect(conditionsOf(world)).toContain('Failed BackoffLimitExceeded')
  })
})
