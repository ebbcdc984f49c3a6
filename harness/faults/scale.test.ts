import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { FakeRecording, fakeStage, pod, replicaSet, replicated, watched } from '../timeline/testing.ts'
import { Workload } from '../workload/workload.ts'
import { scale } from './scale.ts'

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', uid: 'd' } }
const root = { kind: 'Deployment', name: 'web', uid: 'd', replicas: 3 }

/** A Deployment of three with a pod, and what was asked of the API server. */
function scene(objects: object[] = [deployment], roots = [root]) {
  const recording = new FakeRecording(watched('Deployment', 20, replicated('d', 5)))
  recording.record(watched('Deployment', 1, replicated('d', 3)))
  recording.record(watched('ReplicaSet', 1, replicaSet('rs', 1, 3)))
  recording.record(watched('Pod', 1, pod()))
  const asked: object[] = []
  const kube = { patch: async (ref: object, patch: object) => void asked.push({ ...ref, ...patch }) }
  const stage = { ...fakeStage(recording), cluster: { kube, clock: recording.clock } as never }
  const shape = { name: 'web', namespace: 'shop', roots, services: [] }
  const app = new Workload(stage, shape, { containers: [] }, objects)
  return { stage, recording, app, asked }
}

test('a scaled Deployment is told its size, which the watch proves, and gets the old one back', async () => {
  const { stage, recording, app, asked } = scene()
  const fault = scale(app, { to: 5 })
  expect(fault).toMatchObject({ kind: 'scale', target: 'Deployment/shop/web', lasting: true })
  expect(fault.effect).toEqual({ does: 'scale', deployment: 'd', from: 3, to: 5, podUids: [] })
  const act = await fault.inject(stage, 0)
  expect(act.receipt(recording.timeline)).toBeUndefined()
  recording.passUntil(20)
  expect(act.receipt(recording.timeline)).toEqual({
    ...{ atMs: 20, observedBy: 'watch of Deployments', evidence: 'its spec.replicas is 5, and was 3' },
  })
  await act.revert?.()
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
  expect(asked).toEqual([5, 3].map((replicas) => ({ ...ref, spec: { replicas } })))
})

test('each pod may be hurt by scaling down, and none by scaling up', () => {
  const { app } = scene()
  expect(scale(app, { to: 0 }).effect).toMatchObject({ from: 3, to: 0, podUids: ['web-1'] })
})

test('the number that it has is what the watch told last', async () => {
  const { app, stage, recording, asked } = scene()
  recording.passUntil(30)
  await expect(scale(app, { to: 5 }).inject(stage, 0)).rejects.toThrow('has 5 replicas already')
  expect(asked).toEqual([])
})

test('a size that it once had is no proof', async () => {
  const { app, stage, recording } = scene()
  recording.passUntil(30)
  recording.record(watched('Deployment', 40, replicated('d', 1)))
  recording.passUntil(50)
  const act = await scale(app, { to: 3 }).inject(stage, 0)
  expect(act.receipt(recording.timeline)).toBeUndefined()
})

test.each([-1, 1.5, Number.NaN])('%d replicas cannot be', (to) => {
  expect(() => scale(scene().app, { to })).toThrow(UsageError)
})

test('what is not one Deployment is refused', () => {
  const bare = scene([{ kind: 'Pod', metadata: { name: 'web' } }], [{ ...root, kind: 'Pod' }])
  expect(() => scale(bare.app, { to: 2 })).toThrow('scale is done to a workload of one Deployment')
  const two = scene([deployment, { ...deployment, metadata: { name: 'db', uid: 'e' } }], [root, root])
  expect(() => scale(two.app, { to: 2 })).toThrow(UsageError)
  expect(two.app.deployment).toBeUndefined()
})
