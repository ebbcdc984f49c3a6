import { expect, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, pod, replicated, watched } from '../timeline/testing.ts'
import { Workload } from './workload.ts'

const root = { kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }
const shape = { name: 'web', namespace: 'shop', roots: [root], services: [] }
const fault: FaultRecord = {
  ...{ number: 0, kind: 'rollOut', target: 'Deployment/shop/web', injectedAtMs: 100 },
  effect: { does: 'roll-out', deployment: 'd', oldSet: 'rs', podUids: ['web-1'] },
  ...{ receipt: null, revertedAtMs: undefined },
}
const before: Observation[] = [
  watched('ReplicaSet', 1, replicated('rs', 1, 1, 'd')),
  watched('ReplicaSet', 1, replicated('v2', 0, 0, 'd')),
  watched('Pod', 2, pod()),
]
const fresh = (atMs: number, node?: string) => {
  const made = pod({ name: 'web-2', owner: 'v2', ready: false })
  return watched('Pod', atMs, { ...made, spec: node === undefined ? {} : { nodeName: node } })
}

function deployed(coming: Observation[], faults: FaultRecord[] = [fault], control = false) {
  const recording = new FakeRecording(...before, ...coming)
  recording.passUntil(100)
  const get = async ({ name }: { name: string }) => ({ metadata: { name, namespace: 'shop', uid: name } })
  const cluster = { kube: { get } } as never
  const workload = new Workload({ ...fakeStage(recording, ...faults), cluster, control }, shape, {
    containers: [],
  })
  return { workload, recording }
}

test('a new pod is one that was made since the last fault, ready or not, once it has its node', async () => {
  const { workload, recording } = deployed([fresh(150), fresh(200, 'n1')])
  expect((await workload.newPod()).name).toBe('web-2')
  expect(recording.now()).toBe(200)
})

test('where nothing was hurt, a new pod is any that is ready', async () => {
  for (const [faults, control] of [
    [[], false],
    [[fault], true],
  ] as const) {
    expect((await deployed([fresh(200, 'n1')], [...faults], control).workload.newPod()).name).toBe('web-1')
  }
})

test('that none was made is told with the fault that made none', async () => {
  await expect(deployed([]).workload.newPod()).rejects.toThrow(
    'Deployment/shop/web: has made no pod since rollOut',
  )
})
