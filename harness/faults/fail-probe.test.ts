import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, pod, running, watched } from '../timeline/testing.ts'
import { Pod, type PodSpec, Workload } from '../workload/workload.ts'
import { failProbe } from './fail-probe.ts'
import { type Act, injectFault } from './fault.ts'

type Container = PodSpec['containers'][number]

function podOf(container: Partial<Container>, spec: Partial<PodSpec> = {}, ...seen: Observation[]) {
  const recording = new FakeRecording()
  for (const observation of seen) recording.record(observation)
  const asked: string[] = []
  const nodes = {
    async follow(node: string, command: string[], onLine: (line: string) => void, signal: AbortSignal) {
      asked.push(`follow ${node} ${command.slice(-4).join(' ')}`)
      onLine('{"armed":"gate"}')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
    async exec(node: string, command: string[]) {
      asked.push(
        `exec ${node} ${command[0]} ${command.includes('kill') ? command.slice(-2).join(' ') : ''}`.trim(),
      )
      return ''
    },
  }
  const stage = {
    ...fakeStage(recording),
    cluster: { nodes, clock: recording.clock, newSuffix: () => '1a2b3c' } as never,
  }
  const workload = new Workload(
    stage,
    { name: 'web', namespace: 'shop', roots: [], services: [] },
    { containers: [] },
  )
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'web-1' }
  const containers = [{ name: 'app', ...container }]
  const handle = new Pod(workload, { metadata, spec: { nodeName: 'n1', containers, ...spec } })
  return { handle, stage, recording, asked }
}

const get = (path: string, port: number) => ({ httpGet: { path, port } })
const exec = (...command: string[]) => ({ exec: { command } })

describe('a probe that cannot be failed alone', () => {
  const { handle } = podOf({ livenessProbe: get('/', 80), readinessProbe: get('/', 80) })

  test('is not failed, unless it is said that others may fail along', () => {
    expect(() => failProbe(handle, 'liveness')).toThrow(
      'Pod/shop/web-1/app: its liveness probe cannot be failed alone: the readiness probe of app asks the same path of the same port',
    )
    expect(failProbe(handle, 'liveness', { alsoFail: true }).effect).toMatchObject({
      ...{ does: 'fail-probe', podUid: 'web-1', container: 'app', probes: ['liveness', 'readiness'] },
    })
  })

  test.each([
    [
      'asks the same port',
      'ports',
      { livenessProbe: { tcpSocket: { port: 80 } }, readinessProbe: get('/r', 80) },
    ],
    ['runs the same command', 'commands', { livenessProbe: exec('true'), readinessProbe: exec('true') }],
  ])('shares with the other what it is told by: it %s', (words, remedy, probes) => {
    const fail = () => failProbe(podOf(probes).handle, 'liveness')
    expect(fail).toThrow(`the readiness probe of app ${words}`)
    expect(fail).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining(`Give them ${remedy} of`) }),
    )
  })
})

test('over exec it also has the two minutes that a kubelet waits for a runtime that does not answer', () => {
  const fault = (probe: object) => failProbe(podOf({ livenessProbe: probe }).handle, 'liveness')
  const beyond = fault(exec('true')).receiptWithinMs - fault(get('/', 80)).receiptWithinMs
  expect(beyond).toBe(120_000)
})

test('it has as long for its receipt as the probe takes to be asked twice and to time out', () => {
  const { handle } = podOf({ livenessProbe: { ...get('/', 80), periodSeconds: 7, timeoutSeconds: 3 } })
  const { receiptWithinMs, lasting, requires, target } = failProbe(handle, 'liveness')
  expect(receiptWithinMs).toBeGreaterThanOrEqual(2 * 7_000 + 3_000)
  expect({ lasting, requires, target }).toEqual({
    ...{ lasting: true, requires: ['probe.intercept'], target: 'Pod/shop/web-1/app liveness' },
  })
})

test('a gRPC probe times out however it is refused, for its client dials again', () => {
  const { handle } = podOf({ livenessProbe: { grpc: { port: 9000 } }, readinessProbe: get('/', 80) })
  expect(failProbe(handle, 'liveness').effect).toMatchObject({ failure: { with: 'silence' } })
  expect(failProbe(handle, 'readiness').effect).toMatchObject({ failure: { with: 'status' } })
})

const unhealthy = (atMs: number) =>
  watched('Event', atMs, {
    ...{
      metadata: { name: 'e', uid: 'e', namespace: 'shop' },
      reason: 'Unhealthy',
      type: 'Warning',
      count: 1,
    },
    involvedObject: { kind: 'Pod', name: 'web-1', uid: 'web-1', fieldPath: 'spec.containers{app}' },
    message: '',
  })
const failed = (atMs: number, fault = 0): Observation => ({
  ...{ source: 'probe', atMs, fault, podUid: 'web-1', subject: 'Pod/shop/web-1/app', probe: 'liveness' },
  answered: 'exit code 1',
})
const receiptAfter = (act: Act, recording: FakeRecording, ...seen: Observation[]) => {
  for (const observation of seen) recording.record(observation)
  return act.receipt(recording.timeline)
}

test('the receipt is the first failure, once the kubelet has said that there was one', async () => {
  const { handle, stage, recording, asked } = podOf({ livenessProbe: exec('cat', '/ok') })
  const fault = failProbe(handle, 'liveness', { with: { exitCode: 7 } })
  expect(fault.requires).toEqual(['node.exec'])
  const act = await fault.inject(stage, 0)
  expect(asked).toEqual(['follow n1 web-1 app ["cat","/ok"] 7'])
  expect(receiptAfter(act, recording, failed(5, 1), failed(7), failed(8))).toBeUndefined()
  expect(receiptAfter(act, recording, unhealthy(9))).toEqual({
    atMs: 7,
    observedBy: "gate before the node's runtime, and watch of events",
    evidence: '`cat /ok` ended with exit code 1, and the kubelet reported Unhealthy',
  })
  await act.revert?.()
  expect(asked.at(-1)).toBe('exec n1 rm')
})

test('a command that is to hang is ordered so, and told of as such', async () => {
  const { handle, stage, recording, asked } = podOf({ livenessProbe: exec('cat', '/ok') })
  const fault = failProbe(handle, 'liveness', { with: 'silence' })
  expect(fault.effect).toMatchObject({ failure: { with: 'silence' } })
  const act = await fault.inject(stage, 0)
  expect(asked).toEqual(['follow n1 web-1 app ["cat","/ok"] hangs'])
  const hung = { ...failed(7), answered: 'silence' } as Observation
  expect(receiptAfter(act, recording, hung, unhealthy(9))).toMatchObject({
    ...{ atMs: 7, evidence: '`cat /ok` hung, and the kubelet reported Unhealthy' },
  })
})

describe('a startup probe is asked at a start alone', () => {
  const startupProbe = { ...exec('cat', '/ok'), initialDelaySeconds: 4 }
  const first = watched('Pod', 1, pod({ containers: { app: running('containerd://id1', 2) } }))

  test('so its container is killed once the failure is in place, and that end is no consequence', async () => {
    const { handle, stage, recording, asked } = podOf({ startupProbe }, {}, first)
    recording.passUntil(100)
    const fault = failProbe(handle, 'startup')
    expect(fault.requires).toEqual(['node.exec', 'container.signal'])
    const act = await fault.inject(stage, 0)
    expect(asked.slice(1)).toEqual(['exec n1 ctr SIGKILL id1'])
    expect(act.ended).toBe('containerd://id1')
    // What was asked before the kill was asked by another probe that fails along.
    expect(receiptAfter(act, recording, failed(50), unhealthy(60), unhealthy(120))).toBeUndefined()
    expect(receiptAfter(act, recording, failed(130))).toMatchObject({ atMs: 130 })
  })

  test('and it is known with the fault whose end that was', async () => {
    const { handle, stage, recording } = podOf({ startupProbe }, {}, first)
    const capabilities = new Set(['node.exec', 'container.signal'])
    const cluster = { ...(stage.cluster as object), capabilities, provider: 'kind' } as never
    const injecting = injectFault({ ...stage, cluster }, failProbe(handle, 'startup'))
    for (const observation of [failed(0), unhealthy(0)]) recording.record(observation)
    expect((await injecting).record.ended).toBe('containerd://id1')
  })

  test('which the kubelet may put off, so that it has longer for its receipt', () => {
    const fault = (seen: Observation) => failProbe(podOf({ startupProbe }, {}, seen).handle, 'startup')
    const restarted = fault(first).receiptWithinMs
    const fresh = fault(watched('Pod', 1, pod({ containers: { app: running('id1') } }))).receiptWithinMs
    expect(fresh).toBeGreaterThanOrEqual(4_000 + 2 * 10_000 + 1_000)
    expect(restarted - fresh).toBeGreaterThanOrEqual(20_000)
  })

  test('one that does not run cannot be killed: what was put in place is taken away', async () => {
    const { handle, stage, asked } = podOf({ startupProbe })
    await expect(failProbe(handle, 'startup').inject(stage, 0)).rejects.toThrow('is not running')
    expect(asked.at(-1)).toBe('exec n1 rm')
  })

  test('and never again where nothing restarts it', () => {
    const { handle } = podOf({ startupProbe }, { restartPolicy: 'Never' })
    expect(() => failProbe(handle, 'startup')).toThrow('Pod/shop/web-1/app: is never started again')
  })
})
