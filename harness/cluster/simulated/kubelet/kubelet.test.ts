import { beforeEach, expect, test } from 'vitest'
import { deletePod } from '../deletion.ts'
import { TestNode } from './testing.ts'

let node: TestNode
beforeEach(() => {
  node = new TestNode()
})

/** What was seen of a pod, one line for each status that differs. */
function story(): string[] {
  return node.history.map(({ type, pod }) => {
    const { metadata, status } = pod
    const ready = status?.conditions?.find((condition) => condition.type === 'Ready')?.status
    const containers = status?.containerStatuses?.map(({ state, restartCount }) => {
      const { running, terminated, waiting } = state ?? {}
      const what = running
        ? 'running'
        : (waiting?.reason ?? `ended ${terminated?.exitCode} ${terminated?.reason}`)
      return `${what} ${restartCount}`
    })
    const grace = metadata?.deletionGracePeriodSeconds
    return [
      type,
      grace === undefined ? '' : `grace ${grace}`,
      status?.phase,
      ready && `Ready ${ready}`,
      ...(containers ?? []),
    ]
      .filter(Boolean)
      .join(', ')
  })
}

test('a pod goes the way that it goes on a real cluster, from its binding to its end', () => {
  const name = node.run([{ name: 'web' }])
  node.clock.advance(5_000)
  deletePod(node.store, name, 'shop')
  node.clock.advance(5_000)
  expect(story()).toEqual([
    'ADDED, Pending',
    'MODIFIED, Pending, Ready False, ContainerCreating 0',
    'MODIFIED, Running, Ready True, running 0',
    'MODIFIED, grace 30, Running, Ready True, running 0',
    'MODIFIED, grace 30, Succeeded, Ready False, ended 0 Completed 0',
    'MODIFIED, grace 0, Succeeded, Ready False, ended 0 Completed 0',
    'DELETED, grace 0, Succeeded, Ready False, ended 0 Completed 0',
  ])
  expect(node.events()).toEqual([
    'Pulled Container image "web:1" already present on machine',
    'Created Created container: web',
    'Started Started container web',
    'Killing Stopping container web',
  ])
  const uid = node.history[0]?.pod.metadata?.uid
  expect(node.forgotten).toEqual([uid])
})
