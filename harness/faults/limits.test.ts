import { describe, expect, test } from 'vitest'
import type { Kube, KubeObject, ListRef, ObjectRef } from '../cluster/kube.ts'
import { NotCapableError, UsageError } from '../model/errors.ts'
import type { FaultEffect } from '../model/fault.ts'
import type { Limits } from '../model/limits.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import type { Stage } from '../workload/stage.ts'
import { type Fault, injectFault } from './fault.ts'
import { withinLimits } from './limits.ts'

const labels = { 'rolypoly.dev/run': 'r1' }
const marked = { 'rolypoly.dev/hands-off': '' }

interface There {
  namespace?: Record<string, string>
  node?: Record<string, string>
  /** Others' pods on the node. */
  pods?: KubeObject[]
}

function stageOf({ namespace = labels, node = {}, pods = [] }: There = {}, podLabels = {}): Stage {
  const recording = new FakeRecording()
  recording.record(watched('Pod', 1, pod({ labels: podLabels })))
  const kube: Partial<Kube> = {
    get: async <T extends KubeObject>({ kind, name }: ObjectRef) =>
      ({ kind, metadata: { name, labels: kind === 'Node' ? node : namespace } }) as T,
    list: async <T extends KubeObject>(_: ListRef) => ({ items: pods as T[], resourceVersion: '1' }),
  }
  const cluster = { provider: 'existing', capabilities: new Set(), kube, clock: recording.clock }
  return { ...fakeStage(recording), cluster: cluster as never, exclusive: true }
}

const faultOf = (effect: FaultEffect): Fault => ({
  ...{ kind: 'fault', target: 'Pod/shop/web-1', requires: [], receiptWithinMs: 1_000, lasting: false },
  ...{ effect, inject: async () => expect.unreachable('it was injected') },
})
const deleted = faultOf({ does: 'delete-pod', podUid: 'web-1', force: false })
const cordoned = faultOf({ does: 'cordon', node: 'worker', podUids: [] })
const tainted = faultOf({
  ...{ does: 'taint', node: 'worker', podUids: ['web-1'] },
  taint: { key: 'k', effect: 'NoExecute' },
})
const drained = faultOf({ does: 'drain', node: 'worker', podUids: ['web-1'], atOnce: null })
const limits: Limits = { run: 'r1', nodes: ['worker'] }

/** Whom a fault hurts within its limits, by name. */
const hurtBy = async (...given: Parameters<typeof withinLimits>) =>
  (await withinLimits(...given)).map(({ name }) => name)

test('a pod in a namespace of the run may be hurt', async () => {
  expect(await hurtBy(stageOf(), deleted, limits)).toEqual(['web-1'])
})

test('a fault that says whom it hurts by now is held against that, not against what it was described by', async () => {
  const stage = stageOf()
  stage.recording.record(watched('Pod', 2, pod({ name: 'db-1', labels: marked })))
  const lost: FaultEffect = { does: 'lose-dependency', deployment: 'd', readyTookMs: 0, podUids: ['web-1'] }
  expect(await hurtBy(stage, faultOf(lost), limits)).toEqual(['web-1'])
  const refused = withinLimits(stage, { ...faultOf(lost), hurts: () => ['db-1'] }, limits)
  await expect(refused).rejects.toThrow('Pod/shop/db-1 carries the label')
})

test('a namespace that is not the run’s is read anew, and refused before anything is injected', async () => {
  const stage = stageOf({ namespace: { 'rolypoly.dev/run': 'r2' } })
  const injecting = injectFault({ ...stage, limits }, deleted)
  await expect(injecting).rejects.toThrow('Namespace/shop is none that this run made: nothing was hurt')
  expect(stage.faults).toEqual([])
})

describe('what is marked as hands off is refused', () => {
  const others = [{ metadata: { name: 'db', namespace: 'prod', uid: 'db', labels: marked } }] as KubeObject[]
  const cases: [string, Stage, Fault][] = [
    ['Namespace/shop', stageOf({ namespace: { ...labels, ...marked } }), deleted],
    ['Pod/shop/web-1', stageOf({}, marked), deleted],
    ['Node/worker', stageOf({ node: marked }), cordoned],
    ['Pod/prod/db', stageOf({ pods: others }), tainted],
  ]
  test.each(cases)('%s', async (subject, stage, fault) => {
    const refused = withinLimits(stage, fault, { run: 'r1', nodes: 'all' })
    await expect(refused).rejects.toThrow(`${subject} carries the label rolypoly.dev/hands-off`)
    await expect(refused).rejects.toThrow(UsageError)
  })
})

describe('a node', () => {
  test('that was not named is not hurt, and the sentence says what to add', async () => {
    const refused = withinLimits(stageOf(), cordoned, { run: 'r1', nodes: ['other'] })
    await expect(refused).rejects.toThrow('--allow-node-faults worker allows it')
    await expect(refused).rejects.toThrow(NotCapableError)
  })

  test('that was named is, and whom a taint takes from it counts, whosever it is', async () => {
    const pods = [
      { metadata: { name: 'db', namespace: 'prod', uid: 'db' } },
      { metadata: { name: 'web-1', namespace: 'shop', uid: 'web-1' } },
      // Came after the fault was described.
      { metadata: { name: 'web-2', namespace: 'shop', uid: 'web-2' } },
      { metadata: { name: 'done', namespace: 'shop', uid: 'done' }, status: { phase: 'Succeeded' } },
      { metadata: { name: 'p', namespace: 'shop', uid: 'p', labels: { 'rolypoly.dev/role': 'prober' } } },
    ] as KubeObject[]
    expect(await hurtBy(stageOf({ pods }), tainted, limits)).toEqual(['db', 'web-1', 'web-2'])
    expect(await hurtBy(stageOf({ pods }), cordoned, limits)).toEqual([])
    expect(await hurtBy(stageOf({ pods }), drained, limits)).toEqual(['web-1', 'web-2'])
  })

  test('the control plane is not, unless the cluster is the run’s', async () => {
    const stopped = faultOf({ does: 'stop-control-plane', component: 'kube-apiserver', podUids: [] })
    await expect(withinLimits(stageOf(), stopped, limits)).rejects.toThrow('is not hurt')
    expect(await withinLimits(stageOf(), stopped, { run: 'r1', nodes: 'all' })).toEqual([])
  })

  test('of a control plane that is marked nothing is stopped, though the cluster is the run’s', async () => {
    const stopped = faultOf({ does: 'stop-control-plane', component: 'kube-apiserver', podUids: [] })
    const pods = [{ metadata: { name: 'plane', labels: marked } }] as KubeObject[]
    const refused = withinLimits(stageOf({ pods }), stopped, { run: 'r1', nodes: 'all' })
    await expect(refused).rejects.toThrow('Node/plane carries the label')
  })
})
