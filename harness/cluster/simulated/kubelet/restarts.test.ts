import { beforeEach, expect, test } from 'vitest'
import { TestNode } from './testing.ts'

let node: TestNode
beforeEach(() => {
  node = new TestNode()
})

/** Ends each process so long after its start. */
function endsAfter(ms: number, exitCode: number, container = 'web'): void {
  node.onStart = (process) => {
    if (process.order.name === container) node.clock.after(ms, () => process.exit(exitCode))
  }
}

test('a container that ends is started again at once, then after 10, 20, 40 s and so on, to 300 s', () => {
  endsAfter(1_000, 1)
  const name = node.run([{ name: 'web' }])
  node.clock.advance(3_000_000)
  const web = node.of('web')
  const waits = web.slice(1).map(({ startedMs }, at) => startedMs - (web[at]?.exited?.atMs ?? 0))
  const backOffs = [0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]
  for (const [at, least] of backOffs.entries()) {
    expect(waits[at]).toBeGreaterThanOrEqual(least)
    // The pod worker looks again after 10 to 15 s; the first is noticed by a relist.
    expect(waits[at]).toBeLessThan(least + (least === 0 ? 1_600 : 16_600))
  }
  node.clock.advance(200_000)
  expect(node.status(name)?.state?.waiting?.reason).toBe('CrashLoopBackOff')
  expect(node.events('BackOff')[0]).toMatch(
    /^BackOff Back-off restarting failed container web in pod pod-0_shop\(/,
  )
  expect(node.pod(name).status?.phase).toBe('Running')
})

test('the status of a container in its back-off is as on a real cluster', () => {
  endsAfter(1_000, 3)
  const name = node.run([{ name: 'web' }])
  node.clock.advance(22_000)
  const [, second] = node.of('web')
  expect(second?.exited).toBeDefined()
  const uid = node.pod(name).metadata?.uid
  const seen = node.history.map(({ pod }) => pod.status?.containerStatuses?.[0])
  const waiting = seen.find((status) => status?.state?.waiting?.reason === 'CrashLoopBackOff')
  expect(waiting).toMatchObject({
    ready: false,
    started: false,
    restartCount: 1,
    state: {
      waiting: { message: `back-off 10s restarting failed container=web pod=${name}_shop(${uid})` },
    },
    lastState: { terminated: { exitCode: 3, reason: 'Error', containerID: `containerd://${second?.id}` } },
    containerID: `containerd://${second?.id}`,
  })
})

test('one that ran for over ten minutes is started again at once', () => {
  endsAfter(601_000, 1)
  node.run([{ name: 'web' }])
  node.clock.advance(4 * 600_000)
  const web = node.of('web')
  const waits = web.slice(1).map(({ startedMs }, at) => startedMs - (web[at]?.exited?.atMs ?? 0))
  expect(waits).toHaveLength(3)
  for (const wait of waits) expect(wait).toBeLessThan(1_600)
})

test.each([
  ['Never', 1, 'Failed', 1],
  ['Never', 0, 'Succeeded', 1],
  ['OnFailure', 0, 'Succeeded', 1],
  ['OnFailure', 1, 'Running', 2],
] as const)(
  'of a pod with restartPolicy %s whose container exits with %i becomes: %s',
  (restartPolicy, exitCode, phase, starts) => {
    endsAfter(5_000, exitCode)
    const name = node.run([{ name: 'web', readinessProbe: { tcpSocket: { port: 80 } } }], { restartPolicy })
    node.clock.advance(10_000)
    expect(node.of('web')).toHaveLength(starts)
    const { status } = node.pod(name)
    expect(status?.phase).toBe(phase)
    if (phase === 'Running') return
    const { exitCode: code, reason } = status?.containerStatuses?.[0]?.state?.terminated ?? {}
    expect([code, reason]).toEqual([exitCode, exitCode === 0 ? 'Completed' : 'Error'])
    const said = status?.conditions?.map((condition) => [condition.type, condition.status, condition.reason])
    const why = phase === 'Failed' ? 'PodFailed' : 'PodCompleted'
    expect(said).toEqual([
      ['PodReadyToStartContainers', 'False', undefined],
      ['Initialized', 'True', phase === 'Failed' ? undefined : 'PodCompleted'],
      ['Ready', 'False', why],
      ['ContainersReady', 'False', why],
      ['PodScheduled', 'True', undefined],
    ])
    const asked = node.asked.length
    node.clock.advance(60_000)
    expect(node.asked).toHaveLength(asked)
  },
)

test('init containers run one after the other, each until it succeeds, before the app', () => {
  let firsts = 0
  node.onStart = (process) => {
    if (process.order.name === 'web') return
    const isFirst = process.order.name === 'first'
    if (isFirst) firsts++
    node.clock.after(500, () => process.exit(isFirst && firsts === 1 ? 1 : 0))
  }
  const name = node.run([{ name: 'web' }], { initContainers: [{ name: 'first' }, { name: 'second' }] })
  node.clock.advance(2_000)
  expect(node.pod(name).status?.phase).toBe('Pending')
  expect(node.status(name)?.state?.waiting?.reason).toBe('PodInitializing')
  node.clock.advance(10_000)
  expect(node.processes.map(({ order }) => order.name)).toEqual(['first', 'first', 'second', 'web'])
  const { status } = node.pod(name)
  expect(status?.phase).toBe('Running')
  expect(
    status?.initContainerStatuses?.map(({ ready, state }) => [ready, state?.terminated?.exitCode]),
  ).toEqual([
    [true, 0],
    [true, 0],
  ])
})

test('a pod with restartPolicy Never fails with its init container', () => {
  endsAfter(500, 4, 'first')
  const name = node.run([{ name: 'web' }], { restartPolicy: 'Never', initContainers: [{ name: 'first' }] })
  node.clock.advance(10_000)
  expect(node.pod(name).status?.phase).toBe('Failed')
  expect(node.processes.map(({ order }) => order.name)).toEqual(['first'])
})

test('a sidecar starts before the app, is started again when it ends, and does not keep a finished pod alive', () => {
  const sidecar = {
    name: 'proxy',
    restartPolicy: 'Always',
    startupProbe: { tcpSocket: { port: 1 }, periodSeconds: 1 },
  }
  const name = node.run([{ name: 'web' }], { restartPolicy: 'Never', initContainers: [sidecar] })
  node.clock.advance(10_000)
  expect(node.processes.map(({ order }) => order.name)).toEqual(['proxy', 'web'])
  node.last('proxy').exit(1)
  node.clock.advance(5_000)
  expect(node.of('proxy')).toHaveLength(2)
  expect(node.status(name, 'proxy')?.restartCount).toBe(1)
  node.last('web').exit(0)
  node.clock.advance(5_000)
  expect(node.last('proxy').exited?.exitCode).toBe(0)
  expect(node.pod(name).status?.phase).toBe('Succeeded')
})

test('an image that is not to be had is tried again with a back-off, and says so', () => {
  node.unknownImages.add('no-such:1')
  const name = node.run([{ name: 'web', image: 'no-such:1' }])
  node.clock.advance(5_000)
  expect(node.status(name)?.state?.waiting?.reason).toBe('ErrImagePull')
  node.clock.advance(15_000)
  expect(node.status(name)?.state?.waiting?.reason).toBe('ImagePullBackOff')
  expect(node.pod(name).status?.phase).toBe('Pending')
  expect(node.events().map((event) => event.slice(0, 42))).toEqual([
    'Pulling Pulling image "no-such:1"',
    'Failed Failed to pull image "no-such:1": f',
    'Failed Error: ErrImagePull',
    'BackOff Back-off pulling image "no-such:1"',
    'Failed Error: ImagePullBackOff',
  ])
  node.unknownImages.clear()
  node.clock.advance(60_000)
  expect(node.pod(name).status?.phase).toBe('Running')
})

test('imagePullPolicy Never is honoured', () => {
  node.unknownImages.add('no-such:1')
  const name = node.run([{ name: 'web', image: 'no-such:1', imagePullPolicy: 'Never' }])
  node.clock.advance(5_000)
  expect(node.status(name)?.state?.waiting?.reason).toBe('ErrImageNeverPull')
})

test('a postStart hook that fails ends its container', () => {
  const postStart = { exec: { command: ['warm-up'] } }
  const name = node.run([{ name: 'web', lifecycle: { postStart } }])
  node.clock.advance(3_000)
  // Nothing is told of a container before its hook is done.
  expect(node.status(name)?.state?.waiting?.reason).toBe('ContainerCreating')
  node.last('web').execs[0]?.done({ exitCode: 1, stdout: '' })
  node.clock.advance(30_000)
  expect(node.of('web')[0]?.exited?.exitCode).toBe(0)
  expect(node.of('web').length).toBeGreaterThan(1)
  expect(node.events('FailedPostStartHook')).toEqual(['FailedPostStartHook PostStartHook failed'])
})

test('a container has its environment, and starts at the times of a real one', () => {
  const env = [
    { name: 'COLOUR', value: 'red' },
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  ]
  for (let seed = 0; seed < 20; seed++) {
    node = new TestNode(seed)
    node.clock.advance(2_000)
    const boundMs = node.clock.now()
    const name = node.run([{ name: 'web', env }])
    node.clock.advance(3_000)
    const { order, startedMs } = node.last('web')
    expect(order.env).toEqual({ COLOUR: 'red', POD: name, IP: order.ip, NODE: 'worker' })
    expect(startedMs - boundMs).toBeGreaterThan(200)
    expect(startedMs - boundMs).toBeLessThan(900)
  }
})
