import { describe, expect, test } from 'vitest'
import type { ListRef } from '../cluster/kube.ts'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import { type ControlPlaneComponent, stopControlPlane } from './stop-control-plane.ts'

const plane = { 'node-role.kubernetes.io/control-plane': '' }
const ready = { conditions: [{ type: 'Ready', status: 'True' }] }

/** A control plane, and what was done to it; its keeper says these words. */
function scene({ planes = 1, says = ['gone'], refusals = 0 } = {}) {
  const done: string[] = []
  const recording = new FakeRecording()
  const nodes = {
    async follow(node: string, command: string[], onLine: (line: string) => void, signal: AbortSignal) {
      done.push(`${node} keeps away ${command.slice(-2).join(' ')}`)
      for (const word of says) onLine(word)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      done.push('gives back')
    },
    exec: async (node: string, command: string[]) => {
      done.push(`${node} waits for ${command.slice(-2).join(' ')}`)
      return ''
    },
  }
  const items = Array.from({ length: planes }, (_, n) => ({
    ...{ metadata: { name: `cp${n + 1}`, uid: `cp${n + 1}`, labels: plane }, status: ready },
  }))
  let asked = 0
  const kube = {
    async list({ kind }: ListRef) {
      if (kind !== 'Lease') return { items, resourceVersion: '1' }
      done.push('leases')
      const spec = { renewTime: new Date(clock.epoch()).toISOString() }
      return { items: items.map(({ metadata }) => ({ metadata, spec })), resourceVersion: '1' }
    },
    async raw(path: string) {
      done.push(path)
      asked += 1
      if (asked <= refusals) throw new Error('forbidden')
      return 'ok'
    },
  }
  // Time that is waited in vain does not pass.
  const inVain = (signal?: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  const sleep = (ms: number, signal?: AbortSignal) =>
    ms > 11_000 ? inVain(signal) : recording.clock.sleep(ms)
  const clock = { ...recording.clock, now: () => recording.now(), sleep }
  recording.caughtUp = async () => void done.push('caught up')
  const stage = { ...fakeStage(recording), cluster: { nodes, kube, clock } as never }
  return { stage, recording, done }
}

test('it lasts, hurts no pod by itself, and needs a cluster of its own', () => {
  expect(stopControlPlane('kube-scheduler')).toMatchObject({
    ...{ kind: 'stopControlPlane', target: 'kube-scheduler', lasting: true, exclusive: true },
    effect: { does: 'stop-control-plane', component: 'kube-scheduler', podUids: [] },
    requires: ['node.controlPlane'],
  })
})

test('a component that there is not is refused', () => {
  expect(() => stopControlPlane('kubelet' as ControlPlaneComponent)).toThrow(
    'there is no component "kubelet"; choose one of kube-apiserver, kube-controller-manager, kube-scheduler',
  )
})

describe('a component that is taken away', () => {
  test('is gone once its port refuses connections, and given back until it is well', async () => {
    const { stage, recording, done } = scene()
    recording.passUntil(70)
    const act = await stopControlPlane('kube-apiserver').inject(stage, 0)
    expect(act.receipt(recording.timeline)).toEqual({
      ...{ atMs: 70, observedBy: 'a connection on the node' },
      evidence: 'port 6443 of cp1 refuses connections',
    })
    expect(done).toEqual(['cp1 keeps away kube-apiserver 6443'])
    await act.revert?.()
    const waits = ['gives back', 'cp1 waits for kube-apiserver 6443', '/readyz']
    expect(done.slice(1)).toEqual([...waits, 'leases', 'caught up'])
  })

  test('has kept nobody from telling but the API server', async () => {
    const { stage, done } = scene()
    const act = await stopControlPlane('kube-scheduler').inject(stage, 0)
    await act.revert?.()
    expect(done.slice(1)).toEqual(['gives back', 'cp1 waits for kube-scheduler 10259', '/readyz'])
  })

  test('is asked for until it no longer forbids everything', async () => {
    const { stage, done } = scene({ refusals: 2 })
    const act = await stopControlPlane('kube-apiserver').inject(stage, 0)
    await act.revert?.()
    expect(done.filter((what) => what === '/readyz')).toHaveLength(3)
  })

  test('has no receipt where its keeper says something else', async () => {
    const { stage, recording } = scene({ says: ['mv: cannot stat'] })
    const act = await stopControlPlane('kube-controller-manager').inject(stage, 0)
    expect(act.receipt(recording.timeline)).toBeUndefined()
  })

  test('is the only one there is', async () => {
    const { stage, done } = scene({ planes: 2 })
    await expect(stopControlPlane('kube-apiserver').inject(stage, 0)).rejects.toThrow(
      'the cluster has 2 control planes, and exactly one is expected',
    )
    expect(done).toEqual([])
  })
})
