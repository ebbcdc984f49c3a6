import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { FakeRecording, fakeStage, pod, replicated, slice, watched } from '../timeline/testing.ts'
import { Workload } from '../workload/workload.ts'
import { failDependency } from './fail-dependency.ts'

const deployment = (name: string) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, uid: `d-${name}` } },
})
const owned = (name: string, desired: number) => [
  watched('Deployment', 1, replicated(`d-${name}`, desired)),
  watched('ReplicaSet', 1, replicated(`rs-${name}`, desired, desired, `d-${name}`)),
]
const made = (atMs: number, name: string, of: string, ready = true, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ name, owner: `rs-${of}`, ready }), type)

/** An app of two pods, and its database of one that took 700 ms to become ready; what was asked of the API server. */
function scene(had = 1) {
  const recording = new FakeRecording()
  for (const seen of [
    ...[...owned('web', 2), ...owned('db', had), made(100, 'web-1', 'web'), made(100, 'web-2', 'web')],
    ...[made(200, 'db-1', 'db', false), made(900, 'db-1', 'db')],
    watched('EndpointSlice', 950, slice('s', [{ of: 'db-1' }], 'db')),
  ])
    recording.record(seen)
  const asked: object[] = []
  const kube = { patch: async (ref: object, patch: object) => void asked.push({ ...ref, ...patch }) }
  const stage = { ...fakeStage(recording), cluster: { kube, clock: recording.clock } as never }
  const workload = (name: string, services = [{ name, selector: { app: name } }]) => {
    const roots = [{ kind: 'Deployment', name, uid: `d-${name}`, replicas: 1 }]
    const shape = { name, namespace: 'shop', roots, services }
    return new Workload(stage, shape, { containers: [] }, [deployment(name)])
  }
  return { recording, stage, asked, app: workload('web'), database: workload('db'), workload }
}

test('a dependency is left without pods, and gets as many back as it had', async () => {
  const { recording, stage, asked, app, database } = scene()
  const fault = failDependency(app, database)
  expect(fault).toMatchObject({ kind: 'failDependency', target: 'Deployment/shop/db', lasting: true })
  expect(fault.effect).toEqual({
    ...{ does: 'lose-dependency', deployment: 'd-db', readyTookMs: 700, podUids: ['web-1', 'web-2'] },
  })
  const act = await fault.inject(stage, 0)
  const receipt = () => act.receipt(recording.timeline)
  expect(receipt()).toBeUndefined()
  recording.record(made(2_000, 'db-1', 'db', false, 'DELETED'))
  expect(receipt()).toBeUndefined()
  recording.record(watched('EndpointSlice', 2_100, slice('s', [], 'db')))
  expect(receipt()).toEqual({
    ...{ atMs: 2_100, observedBy: 'watch of pods' },
    evidence: 'the last of its pods is gone, and Service db lists no endpoint',
  })
  await act.revert?.()
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'db' }
  expect(asked).toEqual([0, 1].map((replicas) => ({ ...ref, spec: { replicas } })))
})

test('its endpoints may go before its last pod does; what another Service lists is none of it', async () => {
  const { recording, stage, app, database } = scene()
  const act = await failDependency(app, database).inject(stage, 0)
  recording.record(watched('EndpointSlice', 1_500, slice('s', [], 'db')))
  recording.record(watched('EndpointSlice', 1_600, slice('w', [{ of: 'web-1' }], 'web')))
  expect(act.receipt(recording.timeline)).toBeUndefined()
  recording.record(made(2_000, 'db-1', 'db', false, 'DELETED'))
  expect(act.receipt(recording.timeline)).toMatchObject({ atMs: 2_000 })
})

test('it gets back as many as the watch told last', async () => {
  const { stage, asked, app, database } = scene(3)
  const act = await failDependency(app, database).inject(stage, 0)
  await act.revert?.()
  expect(asked.at(-1)).toMatchObject({ spec: { replicas: 3 } })
})

test('a workload is no dependency of its own, and one without pods cannot be taken away', async () => {
  const { stage, app, database } = scene(0)
  expect(() => failDependency(app, app)).toThrow(UsageError)
  await expect(failDependency(app, database).inject(stage, 0)).rejects.toThrow('has no pods')
})
