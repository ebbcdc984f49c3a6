import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { orphanPod } from './orphan-pod.ts'

const deployment = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', uid: 'd' } },
  spec: { selector: { matchLabels: { app: 'web', tier: 'front' } } },
}
const labels = { app: 'web', tier: 'front', entry: 'yes', 'pod-template-hash': 'abc' }

/** A pod of a Deployment and of two Services, one of which does not select it, and what was asked of the API server. */
function scene(
  objects: object[] = [deployment],
  own: Record<string, string> = labels,
  owner: string | null = 'rs',
) {
  const recording = new FakeRecording()
  recording.record(watched('Pod', 0, pod({ labels: own, owner })))
  const asked: object[] = []
  const kube = { patch: async (ref: object, patch: object) => void asked.push({ ...ref, ...patch }) }
  const stage = { ...fakeStage(recording), cluster: { kube, clock: recording.clock } as never }
  const services = [
    { name: 'web', selector: { entry: 'yes' } },
    { name: 'api', selector: { app: 'web', entry: 'no' } },
  ]
  const shape = { name: 'web', namespace: 'shop', roots: [], services }
  const app = new Workload(stage, shape, { containers: [] }, objects)
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'web-1', labels: own }
  return { stage, recording, asked, pod: new Pod(app, { metadata }) }
}

test('an orphan loses the labels that select it, and no others; its owner`s letting go proves it', async () => {
  const { stage, recording, asked, pod: own } = scene()
  const fault = orphanPod(own)
  expect(fault).toMatchObject({ kind: 'orphanPod', target: 'Pod/shop/web-1', lasting: false })
  expect(fault.effect).toEqual({ does: 'orphan-pod', podUid: 'web-1' })
  recording.passUntil(5)
  const act = await fault.inject(stage, 0)
  const taken = { app: null, tier: null, entry: null }
  expect(asked).toEqual([
    { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1', metadata: { labels: taken } },
  ])
  const receipt = () => act.receipt(recording.timeline)
  expect(receipt()).toBeUndefined()
  const rest = { 'pod-template-hash': 'abc' }
  recording.record(watched('Pod', 10, pod({ labels: rest })))
  expect(receipt()).toBeUndefined()
  recording.record(watched('Pod', 20, pod({ labels: rest, owner: null })))
  expect(receipt()).toEqual({
    ...{ atMs: 10, observedBy: 'watch of pods' },
    evidence: 'it is without its labels app, tier, entry, and ReplicaSet web let it go',
  })
  expect(act.revert).toBeUndefined()
})

test('labels that were lost before, or others, prove nothing', async () => {
  const { stage, recording, pod: own } = scene([deployment], { app: 'web', tier: 'front' }, null)
  recording.record(watched('Pod', 1, pod({ labels: {}, owner: null })))
  recording.passUntil(5)
  const act = await orphanPod(own).inject(stage, 0)
  recording.record(watched('Pod', 9, pod({ labels: { tier: 'front' }, owner: null })))
  expect(act.receipt(recording.timeline)).toBeUndefined()
})

test('a pod of its own has only its labels to lose', async () => {
  const { stage, recording, pod: own } = scene([], { entry: 'yes', team: 'a' }, null)
  const act = await orphanPod(own).inject(stage, 0)
  recording.record(watched('Pod', 10, pod({ labels: { team: 'a' }, owner: null })))
  expect(act.receipt(recording.timeline)).toMatchObject({
    atMs: 10,
    evidence: 'it is without its label entry',
  })
})

test('what nothing selects cannot be orphaned', () => {
  const { pod: own } = scene([deployment], { team: 'a' })
  expect(() => orphanPod(own)).toThrow(UsageError)
})
