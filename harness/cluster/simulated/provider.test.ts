import { expect, test } from 'vitest'
import { EnvironmentError } from '../../model/errors.ts'
import type { NodeObject } from '../kube.ts'
import { simulatedCluster } from './provider.ts'

const cluster = (nodes: number, seed = '1') => simulatedCluster({ name: 'shop', nodes, seed })
const nodes = { apiVersion: 'v1', kind: 'Node' }

test('its nodes are ready, and named as kind names them', async () => {
  await using made = await cluster(4)
  const { items } = await made.kube.list<NodeObject>(nodes)
  expect(items.map(({ metadata }) => metadata?.name)).toEqual([
    ...['shop-control-plane', 'shop-worker', 'shop-worker2', 'shop-worker3'],
  ])
  const ready = items.map(({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.status)
  expect(ready).toEqual(['True', 'True', 'True', 'True'])
})

test.each([
  [1, [undefined]],
  [2, ['NoSchedule', undefined]],
])('of %i nodes the control plane takes pods where it is alone', async (count, effects) => {
  await using made = await cluster(count)
  const { items } = await made.kube.list<NodeObject>(nodes)
  expect(items.map(({ spec }) => spec?.taints?.[0]?.effect)).toEqual(effects)
})

test('an image of which nothing is said is refused, and what does not exist is none', async () => {
  await using made = await cluster(1)
  const supply = {
    built: [],
    used: ['nginx:1.22', 'gone:1'],
    behaviours: { 'gone:1': 'does not exist' as const },
  }
  await expect(made.provideImages(supply)).rejects.toThrow(EnvironmentError)
  await expect(made.provideImages(supply)).rejects.toThrow(
    "Image nginx:1.22: a simulated cluster runs no containers, and nothing says what this image's would do",
  )
  const behaviours = { ...supply.behaviours, 'docker.io/library/nginx:1.22': () => undefined }
  await expect(made.provideImages({ ...supply, behaviours })).resolves.toBeUndefined()
})

test('the same seed names things alike, and no two things of one cluster', async () => {
  await using one = await cluster(1)
  await using same = await cluster(1)
  await using other = await cluster(1, '2')
  const names = [one, same, other].map((made) => [made.newSuffix(), made.newSuffix()])
  expect(names[0]).toEqual(names[1])
  expect(names[0]).not.toEqual(names[2])
  expect(names[0]?.[0]).toMatch(/^[0-9a-f]{6}$/)
  expect(names[0]?.[0]).not.toBe(names[0]?.[1])
})

test('what pauses a machine is followed, until nobody asks any more', async () => {
  await using made = await cluster(2)
  const { nodes: control } = made
  const [over, paused] = [new AbortController(), [] as string[]]
  const names = ['shop-control-plane', 'shop-worker']
  const followed = control.followPauses(names, (node) => paused.push(node), over.signal)
  await made.clock.sleep(1_000)
  await control.pause('shop-worker')
  await control.unpause('shop-worker')
  over.abort()
  await followed
  await control.pause('shop-worker')
  expect(paused).toEqual(['shop-worker'])
  await control.followPauses(names, (node) => paused.push(node), over.signal)
  expect(paused).toHaveLength(1)
})

test('machines are turned off and frozen, kubelets stopped, and programs run where the machine does', async () => {
  await using made = await cluster(2)
  const { nodes: control } = made
  const node = 'shop-worker'
  await control.pause(node)
  expect(await control.state(node)).toBe('paused')
  await control.unpause(node)
  expect(await control.kubelet(node, 'stop')).toBe('inactive')
  expect(await control.kubelet(node, 'start')).toBe('active')
  expect(await control.exec(node, ['conntrack', '-L'])).toBe('')
  await control.stop(node)
  expect(await control.state(node)).toBe('stopped')
  await expect(control.exec(node, ['conntrack', '-L'])).rejects.toThrow('its machine is stopped')
  await expect(control.state('elsewhere')).rejects.toThrow('Node/elsewhere: there is no such machine')
})
