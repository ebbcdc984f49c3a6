import { beforeEach, expect, test } from 'vitest'
import { deletePod } from '../deletion.ts'
import { TestNode } from './testing.ts'

let node: TestNode
beforeEach(() => {
  node = new TestNode()
})

const lease = () => node.store.get('Lease', 'worker', 'kube-node-lease')?.spec?.renewTime

test('a kubelet that is cut off restarts what ends, and nobody hears of it until that is mended', () => {
  const name = node.run([{ name: 'web' }])
  node.clock.advance(20_000)
  const [renewed, seen] = [lease(), node.history.length]
  node.machine.link.cutOff()
  node.last('web').exit(3)
  node.clock.advance(60_000)
  expect(node.of('web')).toHaveLength(2)
  expect([lease(), node.history.length, node.status(name)?.restartCount]).toEqual([renewed, seen, 0])
  node.machine.link.mend()
  node.clock.advance(1)
  expect(lease()).not.toBe(renewed)
  node.clock.advance(10_000)
  expect(node.status(name)).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 3 } } })
})

test('what it would have told of its pods it tells once it is mended', () => {
  node.answer = () => 'hang'
  node.run([{ name: 'web', livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 } }])
  node.clock.advance(2_000)
  node.machine.link.cutOff()
  node.clock.advance(10_000)
  expect(node.events('Unhealthy')).toEqual([])
  node.machine.link.mend()
  expect(node.events('Unhealthy')).toHaveLength(1)
})

test('it hears of no deletion and of no new pod; mended, it lists what it has to run', () => {
  const evicted = node.run([{ name: 'evicted' }])
  const forced = node.run([{ name: 'forced' }])
  node.clock.advance(20_000)
  node.machine.link.cutOff()
  deletePod(node.store, evicted, 'shop')
  deletePod(node.store, forced, 'shop', { gracePeriodSeconds: 0 })
  node.run([{ name: 'bound' }])
  node.clock.advance(60_000)
  const running = () => ['evicted', 'forced'].filter((name) => !node.last(name).exited)
  expect([running(), node.of('bound').length]).toEqual([['evicted', 'forced'], 0])
  node.machine.link.mend()
  node.clock.advance(10_000)
  expect([running(), node.of('bound').length]).toEqual([[], 1])
  expect(node.store.get('Pod', evicted, 'shop')).toBeUndefined()
})

test('a status that another has written meanwhile is found when it is mended', () => {
  const name = node.run([{ name: 'web' }])
  node.clock.advance(20_000)
  node.machine.link.cutOff()
  const { status, ...pod } = node.pod(name)
  const conditions = status?.conditions?.map((of) => (of.type === 'Ready' ? { ...of, status: 'False' } : of))
  node.store.update('Pod', { ...pod, status: { ...status, ...(conditions && { conditions }) } })
  node.clock.advance(30_000)
  expect(node.isReady(name)).toBe(false)
  node.machine.link.mend()
  node.clock.advance(10)
  expect(node.isReady(name)).toBe(false)
  node.clock.advance(2_100)
  expect(node.isReady(name)).toBe(true)
})
