import { describe, expect, test } from 'vitest'
import { failed, TestNode } from './testing.ts'

const httpGet = { path: '/healthz', port: 8080 }
const grace = { terminationGracePeriodSeconds: 30 }

describe.each([1, 2, 3, 4, 5])('with seed %i', (seed) => {
  test('a container whose liveness begins to fail is killed after F failures, and starts again', () => {
    const node = new TestNode(seed)
    let failsFromMs = Number.POSITIVE_INFINITY
    node.answer = ({ atMs }) =>
      atMs >= failsFromMs && node.of('web').length === 1 ? failed : { result: 'success' }
    const name = node.run([
      { name: 'web', livenessProbe: { httpGet, periodSeconds: 5, failureThreshold: 3 } },
    ])
    node.clock.advance(60_000)
    failsFromMs = node.clock.now()
    node.clock.advance(30_000)
    const [first, second] = node.of('web')
    const killedMs = (first?.exited?.atMs ?? 0) - failsFromMs
    expect(killedMs).toBeGreaterThanOrEqual(10_000)
    expect(killedMs).toBeLessThan(15_100)
    // In the same sync: no relist comes between, and the back-off of a first restart is none.
    const restartMs = (second?.startedMs ?? 0) - (first?.exited?.atMs ?? 0)
    expect(restartMs).toBeGreaterThan(100)
    expect(restartMs).toBeLessThan(750)
    expect(node.status(name)).toMatchObject({
      restartCount: 1,
      containerID: `containerd://${second?.id}`,
      lastState: {
        terminated: { exitCode: 0, reason: 'Completed', containerID: `containerd://${first?.id}` },
      },
    })
    expect(node.events().slice(3)).toEqual([
      'Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 500',
      'Killing Container web failed liveness probe, will be restarted',
    ])
  })

  test('a container that fails from its start on is killed after its delay and F failures', () => {
    const node = new TestNode(seed)
    node.answer = () => failed
    node.run([{ name: 'web', livenessProbe: { httpGet, initialDelaySeconds: 7, periodSeconds: 4 } }])
    node.clock.advance(40_000)
    const [first] = node.of('web')
    const killedMs = (first?.exited?.atMs ?? 0) - (first?.startedMs ?? 0)
    // The kubelet counts from the whole second in which it started.
    expect(killedMs).toBeGreaterThanOrEqual(6_000 + 8_000)
    expect(killedMs).toBeLessThan(7_000 + 12_100)
  })

  test('a pod whose readiness fails and succeeds flips after as many answers as its thresholds say', () => {
    const node = new TestNode(seed)
    let isIll = false
    node.answer = () => (isIll ? failed : { result: 'success' })
    const name = node.run([
      {
        name: 'web',
        readinessProbe: { httpGet, periodSeconds: 2, failureThreshold: 2, successThreshold: 3 },
      },
    ])
    node.clock.advance(20_000)
    expect(node.isReady(name)).toBe(true)
    const flippedAfter = (): number => {
      const was = node.isReady(name)
      const sinceMs = node.clock.now()
      while (node.isReady(name) === was && node.clock.now() < sinceMs + 20_000) node.clock.advance(10)
      return node.clock.now() - sinceMs
    }
    isIll = true
    const toIll = flippedAfter()
    expect(toIll).toBeGreaterThanOrEqual(2_000)
    expect(toIll).toBeLessThanOrEqual(4_100)
    node.clock.advance(10_000)
    isIll = false
    const toWell = flippedAfter()
    expect(toWell).toBeGreaterThanOrEqual(4_000)
    expect(toWell).toBeLessThanOrEqual(6_100)
    expect(node.of('web')).toHaveLength(1)
  })

  test('a startup probe holds back the others until it succeeds', () => {
    const node = new TestNode(seed)
    let isUp = false
    node.answer = ({ question }) => (question.way === 'tcp' && !isUp ? failed : { result: 'success' })
    const name = node.run([
      {
        name: 'web',
        startupProbe: { tcpSocket: { port: 'up' }, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { httpGet, periodSeconds: 1 },
        livenessProbe: { httpGet, periodSeconds: 1 },
        ports: [{ name: 'up', containerPort: 9000 }],
      },
    ])
    node.clock.advance(20_000)
    expect(new Set(node.asked.map(({ question }) => question.way))).toEqual(new Set(['tcp']))
    expect(node.asked[0]?.question).toEqual({ way: 'tcp', port: 9000 })
    expect(node.status(name)).toMatchObject({ started: false, ready: false })
    isUp = true
    node.clock.advance(4_000)
    expect(node.status(name)).toMatchObject({ started: true, ready: true })
    node.asked.length = 0
    node.clock.advance(5_000)
    expect(new Set(node.asked.map(({ question }) => question.way))).toEqual(new Set(['http']))
  })
})

test('a container whose startup probe fails for good is ended with the grace period of that probe', () => {
  const node = new TestNode()
  node.answer = () => failed
  node.onSignal = () => undefined
  node.run(
    [
      {
        name: 'web',
        startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 4, terminationGracePeriodSeconds: 6 },
      },
    ],
    grace,
  )
  node.clock.advance(20_000)
  const [web] = node.of('web')
  expect(node.events('Killing')).toEqual(['Killing Container web failed startup probe, will be restarted'])
  expect((web?.exited?.atMs ?? 0) - Number(web?.signals[0]?.split(' ')[0])).toBeCloseTo(6_000, -1)
})

test('one that hangs takes its time-out, and is asked again right after it where a tick has gone by', () => {
  const node = new TestNode()
  node.answer = () => 'hang'
  node.run([
    { name: 'web', livenessProbe: { httpGet, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 3 } },
  ])
  node.clock.advance(30_000)
  const [first, second, third] = node.asked.map(({ atMs }) => atMs)
  expect((second ?? 0) - (first ?? 0)).toBeCloseTo(5_000, -1)
  expect((third ?? 0) - (second ?? 0)).toBeCloseTo(5_000, -1)
  expect((node.of('web')[0]?.exited?.atMs ?? 0) - (first ?? 0)).toBeCloseTo(15_000, -2)
})

test('after one that hung over many ticks, one is asked at once and the next at the next tick', () => {
  const node = new TestNode()
  let count = 0
  node.answer = () => (++count === 3 ? 'hang' : { result: 'success' })
  node.run([{ name: 'web', livenessProbe: { httpGet, periodSeconds: 1, timeoutSeconds: 5 } }])
  node.clock.advance(20_000)
  const [first = 0, ...others] = node.asked.map(({ atMs }) => atMs)
  expect(others.slice(0, 5).map((atMs) => Math.round((atMs - first) / 10) / 100)).toEqual([1, 2, 7, 8, 9])
})

test('a container that starts is often asked for its readiness at once', () => {
  const tookMs = Array.from({ length: 20 }, (_, seed) => {
    const node = new TestNode(seed)
    node.clock.advance(60_000)
    const name = node.run([{ name: 'web', readinessProbe: { httpGet, periodSeconds: 30 } }])
    while (!node.isReady(name)) node.clock.advance(100)
    return node.clock.now() - node.last('web').startedMs
  })
  expect(tookMs.filter((ms) => ms < 1_300).length).toBeGreaterThan(4)
  expect(tookMs.filter((ms) => ms > 25_000).length).toBeGreaterThan(4)
})

test('a pod on its way out is asked for its readiness alone', () => {
  const node = new TestNode()
  node.onSignal = () => undefined
  const name = node.run([
    {
      name: 'web',
      livenessProbe: { httpGet: { ...httpGet, path: '/live' }, periodSeconds: 1 },
      readinessProbe: { httpGet: { ...httpGet, path: '/ready' }, periodSeconds: 1 },
    },
  ])
  node.clock.advance(20_000)
  deleteIt(node, name)
  node.clock.advance(1_000)
  node.asked.length = 0
  node.answer = () => failed
  node.clock.advance(10_000)
  const asked = new Set(node.asked.map(({ question }) => question.way === 'http' && question.path))
  expect(asked).toEqual(new Set(['/ready']))
  expect(node.isReady(name)).toBe(false)
  expect(node.of('web')[0]?.signals).toHaveLength(1)
})

test('of Events that come too thick, no more than 25 at once are told', () => {
  const node = new TestNode()
  node.answer = () => failed
  node.run([{ name: 'web', readinessProbe: { httpGet, periodSeconds: 1 } }])
  node.clock.advance(200_000)
  const [unhealthy] = node.store.list('Event', 'shop').filter(({ reason }) => reason === 'Unhealthy')
  expect(unhealthy?.count).toBe(22)
})

test('a probe that succeeds with a warning keeps its container, and the kubelet tells of it', () => {
  const node = new TestNode()
  node.answer = () => ({ result: 'success', warning: 'Probe terminated redirects' })
  const name = node.run([{ name: 'web', livenessProbe: { httpGet, periodSeconds: 5 } }])
  node.clock.advance(30_000)
  expect(node.status(name)).toMatchObject({ restartCount: 0 })
  expect(node.events()).toContain('ProbeWarning Liveness probe warning: Probe terminated redirects')
})

test('the same seed gives the same run, another one other times', () => {
  const story = (seed: number) => {
    const node = new TestNode(seed)
    node.answer = ({ atMs }) => (atMs > 30_000 ? failed : { result: 'success' })
    node.run([{ name: 'web', livenessProbe: { httpGet, periodSeconds: 3 } }])
    node.clock.advance(300_000)
    return JSON.stringify([node.history, node.store.list('Event')])
  }
  expect(story(7)).toBe(story(7))
  expect(story(8)).not.toBe(story(7))
})

function deleteIt(node: TestNode, name: string): void {
  const pod = node.pod(name)
  const deletionTimestamp = node.store.timestamp(node.clock.now() + 30_000)
  node.store.update('Pod', {
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 30 },
  })
}
