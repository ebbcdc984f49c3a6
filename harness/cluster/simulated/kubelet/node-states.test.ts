import { beforeEach, expect, test } from 'vitest'
import { deletePod } from '../deletion.ts'
import { failed, TestNode } from './testing.ts'

let node: TestNode
beforeEach(() => {
  node = new TestNode()
})

const theNode = () => node.store.get('Node', 'worker')
const lease = () => node.store.get('Lease', 'worker', 'kube-node-lease')?.spec?.renewTime
const readiness = () => theNode()?.status?.conditions?.find(({ type }) => type === 'Ready')
const probed = { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 2 } }

function setReady(status: string): void {
  const found = theNode()
  if (!found) throw new Error('the Node is not there')
  const conditions = found.status?.conditions?.map((of) => (of.type === 'Ready' ? { ...of, status } : of))
  node.store.update('Node', { ...found, status: { ...found.status, ...(conditions && { conditions }) } })
}

test('a node registers itself, renews its lease and has a kube-proxy', () => {
  expect(theNode()).toMatchObject({
    metadata: { labels: { 'kubernetes.io/hostname': 'worker' } },
    spec: { podCIDR: '10.244.1.0/24' },
    status: { addresses: [{ address: '172.18.0.3' }, { address: 'worker' }], capacity: { pods: '110' } },
  })
  expect(readiness()?.status).toBe('True')
  expect(lease()).toBe('2026-01-01T00:00:00.000000Z')
  node.clock.advance(25_000)
  // Twice, each up to 0.4 s later than every ten seconds.
  expect(lease()).toMatch(/T00:00:20\.[0-8]\d{5}Z$/)
  expect(lease()).not.toContain('20.000')
  expect(readiness()?.lastHeartbeatTime).toBe('2026-01-01T00:00:00Z')
  node.clock.advance(300_000)
  expect(readiness()?.lastHeartbeatTime).toBe('2026-01-01T00:05:00Z')
  const [proxy] = node.store.list('Pod', 'kube-system')
  expect(proxy?.metadata?.name).toMatch(/^kube-proxy-[a-z0-9]{5}$/)
  expect(proxy?.status).toMatchObject({ phase: 'Running', podIP: '172.18.0.3' })
})

test('a kubelet that was stopped before it came up with its machine finds its pods lost all the same', () => {
  const name = node.run([{ name: 'web', ...probed }])
  node.clock.advance(20_000)
  node.machine.set('stopped')
  node.clock.advance(10_000)
  node.machine.set('running')
  node.kubelet.stop()
  node.clock.advance(30_000)
  node.kubelet.start()
  node.clock.advance(20_000)
  expect(node.status(name)).toMatchObject({
    ...{ restartCount: 1, ready: true },
    lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
  })
})

test('a stopped machine says nothing; on again, its pods run anew', () => {
  const name = node.run([{ name: 'web', ...probed }])
  const gone = node.run([{ name: 'other' }])
  const left = node.run([{ name: 'marked' }])
  node.clock.advance(20_000)
  const [uid, ip] = [node.pod(gone).metadata?.uid, node.pod(name).status?.podIP]
  const before = node.history.length
  node.machine.set('stopped')
  expect(node.last('web').exited).toBeDefined()
  const renewed = lease()
  node.clock.advance(60_000)
  expect([node.history.length, lease()]).toEqual([before, renewed])
  setReady('Unknown')
  deletePod(node.store, gone, 'shop', { gracePeriodSeconds: 0 })
  deletePod(node.store, left, 'shop')
  node.clock.advance(60_000)
  const onMs = node.clock.now()
  node.machine.set('running')
  node.clock.advance(500)
  expect(readiness()?.status).toBe('Unknown')
  node.clock.advance(20_000)
  expect(readiness()?.status).toBe('True')
  const [first, second] = node.of('web')
  expect((second?.startedMs ?? 0) - onMs).toBeGreaterThan(700)
  expect((second?.startedMs ?? 0) - onMs).toBeLessThan(5_000)
  expect(node.status(name)).toMatchObject({
    restartCount: 1,
    ready: true,
    lastState: { terminated: { exitCode: 255, reason: 'Unknown', containerID: `containerd://${first?.id}` } },
  })
  expect(node.pod(name).status?.podIP).not.toBe(ip)
  expect(node.forgotten).toContain(uid)
  const last = node.history.findLast(({ pod }) => pod.metadata?.name === left)
  expect([last?.type, last?.pod.status?.phase, last?.pod.status?.podIP]).toEqual([
    'DELETED',
    'Failed',
    undefined,
  ])
  expect([node.of('other').length, node.of('marked').length]).toEqual([1, 1])
  const [proxy] = node.store.list('Pod', 'kube-system')
  const startedAt = proxy?.status?.containerStatuses?.[0]?.state?.running?.startedAt ?? ''
  expect(Date.parse(startedAt)).toBeGreaterThan(node.clock.epoch() - node.clock.now() + onMs)
})

test('a frozen machine asks and says nothing; then it goes on, with no restart', () => {
  const name = node.run([
    { name: 'web', ...probed, livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 } },
  ])
  node.clock.advance(20_000)
  node.machine.set('paused')
  const [asked, renewed, seen] = [node.asked.length, lease(), node.history.length]
  node.clock.advance(60_000)
  expect([node.asked.length, lease(), node.history.length]).toEqual([asked, renewed, seen])
  const pod = node.pod(name)
  const conditions = pod.status?.conditions?.map((of) =>
    of.type === 'Ready' ? { ...of, status: 'False' } : of,
  )
  node.store.update('Pod', { ...pod, status: { ...pod.status, ...(conditions && { conditions }) } })
  node.machine.set('running')
  expect(lease()).not.toBe(renewed)
  // The status that the node controller wrote is found by the next look at all of them.
  node.clock.advance(10_200)
  expect(node.isReady(name)).toBe(true)
  expect(node.asked.length).toBeGreaterThan(asked + 10)
  expect(node.of('web')).toHaveLength(1)
})

test('containers go on without their kubelet, unprobed; a new one finds them, and what has ended', () => {
  const name = node.run([{ name: 'web', ...probed }])
  const other = node.run([{ name: 'other' }])
  const gone = node.run([{ name: 'gone' }])
  node.clock.advance(20_000)
  const uid = node.pod(gone).metadata?.uid
  node.kubelet.stop()
  expect(node.kubelet.unit).toBe('inactive')
  const [asked, renewed, seen] = [node.asked.length, lease(), node.history.length]
  node.last('other').exit(3)
  deletePod(node.store, gone, 'shop', { gracePeriodSeconds: 0 })
  node.clock.advance(60_000)
  expect([node.asked.length, lease(), node.history.length]).toEqual([asked, renewed, seen + 2])
  expect(node.last('gone').exited).toBeUndefined()
  setReady('Unknown')
  node.kubelet.start()
  node.clock.advance(5_000)
  expect([node.kubelet.unit, readiness()?.status]).toEqual(['active', 'True'])
  expect([node.of('web').length, node.isReady(name)]).toEqual([1, true])
  expect(node.asked.length).toBeGreaterThan(asked)
  expect(node.status(other)).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 3 } } })
  expect(node.last('gone').exited?.exitCode).toBe(0)
  expect(node.forgotten).toEqual([uid])
})

test('a pod that is ill under a new kubelet becomes unready', () => {
  const name = node.run([{ name: 'web', ...probed }])
  node.clock.advance(20_000)
  node.kubelet.stop()
  node.answer = () => failed
  node.kubelet.start()
  node.clock.advance(12_000)
  expect(node.isReady(name)).toBe(false)
})

test('a kubelet whose Node was deleted goes on; a Node of its name is Ready within 10 s', () => {
  const name = node.run([{ name: 'web' }])
  node.clock.advance(20_000)
  const before = theNode()
  node.store.remove('Node', 'worker')
  for (const { metadata } of node.store.list('Pod', 'kube-system'))
    node.store.remove('Pod', metadata?.name ?? '', 'kube-system')
  node.clock.advance(60_000)
  expect([theNode(), node.last('web').exited]).toEqual([undefined, undefined])
  node.store.create('Node', { metadata: { name: 'worker' }, spec: before?.spec ?? {} })
  node.clock.advance(10_000)
  expect(readiness()?.status).toBe('True')
  expect(node.isReady(name)).toBe(true)
  node.clock.advance(5_000)
  expect(node.store.list('Pod', 'kube-system')[0]?.status?.phase).toBe('Running')
})

test('a Node that is there anew with the status of the old one has its kube-proxy again', () => {
  node.clock.advance(20_000)
  const { metadata: _, ...before } = theNode() ?? {}
  node.store.remove('Node', 'worker')
  for (const { metadata } of node.store.list('Pod', 'kube-system'))
    node.store.remove('Pod', metadata?.name ?? '', 'kube-system')
  node.store.create('Node', { metadata: { name: 'worker' }, ...before })
  node.clock.advance(15_000)
  expect(node.store.list('Pod', 'kube-system')[0]?.status?.phase).toBe('Running')
})

test('another word of the node than the kubelet has is set right within 10 s', () => {
  node.clock.advance(25_000)
  setReady('Unknown')
  node.clock.advance(10_000)
  expect(readiness()?.status).toBe('True')
})

test('every pod has an IP of its own, however many there were', () => {
  const name = node.run([{ name: 'web', ...probed }])
  for (let round = 0; round < 300; round++) {
    const short = node.run([{ name: 'short' }])
    node.clock.advance(3_000)
    deletePod(node.store, short, 'shop')
    node.clock.advance(3_000)
  }
  expect(node.forgotten).toHaveLength(300)
  const ips = node.of('short').map(({ order }) => order.ip)
  expect(ips).toHaveLength(300)
  expect(ips).not.toContain(node.pod(name).status?.podIP)
  expect(new Set(ips).size).toBe(252)
})
