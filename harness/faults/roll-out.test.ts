import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, pod, replicaSet, replicated, watched } from '../timeline/testing.ts'
import type { Chart } from '../workload/chart.ts'
import { Workload } from '../workload/workload.ts'
import { rollBack, templateBefore } from './roll-back.ts'
import { rollOut } from './roll-out.ts'

type Spec = Record<string, unknown>

const template = (image: string, parts: object = {}) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }], ...parts },
})
const deployment = (image: string, spec: Spec = {}, name = 'web') => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, uid: 'd' } },
  spec: { replicas: 2, template: template(image), ...spec },
})
const chart = (...objects: object[]): Chart => ({ name: 'web', objects, images: [] }) as Chart
const set = (name: string, revision: number, image: string, owner = 'd') => ({
  metadata: {
    name,
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    ownerReferences: [{ uid: owner, controller: true }],
  },
  spec: {
    template: { ...template(image), metadata: { labels: { app: 'web', 'pod-template-hash': name } } },
  },
})

/** A Deployment of two pods of image `web:1`, at revision 1, and what was asked of the API server. */
function scene(coming: Observation[] = [], there: { now?: Spec; sets?: object[] } = {}) {
  const recording = new FakeRecording(...coming)
  recording.record(watched('Deployment', 1, replicated('d', 2)))
  const emptiedBefore = { ...replicaSet('v0', 0), spec: { replicas: 0 }, status: { replicas: 2 } }
  recording.record(watched('ReplicaSet', 1, emptiedBefore))
  recording.record(watched('ReplicaSet', 1, replicaSet('v1', 1, 2)))
  for (const name of ['web-1', 'web-2']) recording.record(watched('Pod', 1, pod({ name, owner: 'v1' })))
  recording.passUntil(5)
  const asked: unknown[] = []
  const applied: { object: Spec; dryRun: boolean | undefined }[] = []
  const now = { ...deployment('web:1'), ...there.now }
  const kube = {
    isNamespaced: async () => true,
    async apply(object: Spec, { dryRun }: { dryRun?: boolean }) {
      applied.push({ object, dryRun })
      return structuredClone(object)
    },
    get: async () => now,
    list: async () => ({ items: there.sets ?? [], resourceVersion: '1' }),
    async patch(_: object, patch: { spec: Spec }) {
      asked.push(patch)
      return { ...now, spec: { ...now.spec, template: template('web:0') } }
    },
  }
  const provided: { used: string[] }[] = []
  const provideImages = async (supply: { used: string[] }) => void provided.push(supply)
  const cluster = { kube, clock: recording.clock, provideImages } as never
  const stage = { ...fakeStage(recording), cluster }
  const root = { kind: 'Deployment', name: 'web', uid: 'd', replicas: 2 }
  const shape = { name: 'web', namespace: 'shop', roots: [root], services: [] }
  const app = new Workload(stage, shape, { containers: [] }, [deployment('web:1')])
  return { stage, recording, app, asked, applied, provided }
}

const seenOf = (recording: FakeRecording, act: { receipt(timeline: never): unknown }) =>
  act.receipt(recording.timeline as never)

describe('another version of a chart', () => {
  test('is applied, and proved by the ReplicaSet that is made for it', async () => {
    const made = watched('ReplicaSet', 20, replicaSet('v2', 2, 1), 'ADDED')
    const { stage, recording, app, applied } = scene([made])
    const fault = rollOut(app, chart(deployment('web:2')))
    expect(fault).toMatchObject({ kind: 'rollOut', target: 'Deployment/shop/web', lasting: false })
    expect(fault.effect).toEqual({
      ...{ does: 'roll-out', deployment: 'd', oldSet: 'v1', podUids: ['web-1', 'web-2'] },
    })
    const act = await fault.inject(stage, 0)
    expect(applied.map(({ dryRun }) => dryRun)).toEqual([true, false])
    expect(seenOf(recording, act)).toBeUndefined()
    recording.passUntil(30)
    expect(seenOf(recording, act)).toEqual({
      ...{ atMs: 20, observedBy: 'watch of ReplicaSets', evidence: 'ReplicaSet v2 is revision 2' },
    })
    expect(act.revert).toBeUndefined()
  })

  test('is what later predictions are about, with the one before it', async () => {
    const { stage, app } = scene()
    await rollOut(app, chart(deployment('web:2', { minReadySeconds: 7 }))).inject(stage, 0)
    expect(app.podSpec.containers[0]?.image).toBe('web:2')
    expect(app.deployment?.spec?.minReadySeconds).toBe(7)
    await rollOut(app, chart(deployment('web:3'))).inject(stage, 1)
    expect(app.podSpecBefore.containers[0]?.image).toBe('web:2')
  })

  test('is said to be ready and ill when no spec can tell it', () => {
    const { app } = scene()
    const effectOf = (options?: Parameters<typeof rollOut>[2]) =>
      rollOut(app, chart(deployment('web:2')), options).effect
    expect(effectOf({ readyAfter: '20s', illAfter: '2m' })).toMatchObject({
      app: { readyAfterMs: 20_000, illAfterMs: 120_000 },
    })
    expect(effectOf({ illAfter: 5 })).toMatchObject({ app: { illAfterMs: 5 } })
    expect(effectOf()).not.toHaveProperty('app')
  })

  test('that is paused is proved by the API server, for no ReplicaSet will follow', async () => {
    const { stage, recording, app } = scene()
    const act = await rollOut(app, chart(deployment('web:2', { paused: true }))).inject(stage, 0)
    expect(seenOf(recording, act)).toMatchObject({ atMs: 5, observedBy: 'API server' })
  })

  test('by Recreate is proved by the old ReplicaSet that is emptied first', async () => {
    const going = watched('ReplicaSet', 20, {
      ...replicaSet('v1', 1),
      ...{ spec: { replicas: 0 }, status: { replicas: 2 } },
    })
    for (const [spec, proof] of [
      [
        { strategy: { type: 'Recreate' } },
        { atMs: 20, evidence: 'ReplicaSet/shop/v1 is to have no pods any more' },
      ],
      [{}, undefined],
    ] as const) {
      const { stage, recording, app } = scene([going])
      const act = await rollOut(app, chart(deployment('web:2', spec))).inject(stage, 0)
      recording.passUntil(30)
      if (proof) expect(seenOf(recording, act)).toMatchObject(proof)
      else expect(seenOf(recording, act)).toBeUndefined()
    }
  })

  test('that changes nothing of the template is refused, and not applied', async () => {
    const { stage, app, applied } = scene()
    const same = rollOut(app, chart(deployment('web:1', { replicas: 5 })))
    await expect(same.inject(stage, 0)).rejects.toThrow('has the template that it has, so nothing rolls out')
    expect(applied.map(({ dryRun }) => dryRun)).toEqual([true])
  })

  test.each([
    [
      'has Service/web, which the workload has not',
      [deployment('web:2'), { kind: 'Service', metadata: { name: 'web' } }],
    ],
    ['has Deployment/shop, which the workload has not', [deployment('web:2', {}, 'shop')]],
    ['lacks Deployment/web', []],
  ])('that %s is refused', (told, objects) => {
    expect(() => rollOut(scene().app, chart(...objects))).toThrow(told)
  })

  test('leaves an image that does not exist for the kubelet to miss', async () => {
    const { stage, app, provided } = scene()
    const missing = { ...chart(deployment('web:9')), behaviours: { 'web:9': 'does not exist' as const } }
    await rollOut(app, missing).inject(stage, 0)
    await rollOut(app, chart(deployment('web:2'))).inject(stage, 1)
    expect(provided.map(({ used }) => used)).toEqual([[], ['web:2']])
  })
})

describe('a roll-back', () => {
  const [newest, before] = [set('d', 4, 'web:3'), set('b', 3, 'web:2')]
  const sets = [newest, set('a', 1, 'web:1'), set('c', 2, 'web:0'), before, set('x', 9, 'x', 'other')]

  test('takes the template of the revision before, without the hash', () => {
    expect(templateBefore(sets as never, 'd')).toEqual(template('web:2'))
    expect(templateBefore(sets.slice(0, 1) as never, 'd')).toBeUndefined()
  })

  test('patches what is other, takes away what is new, and is proved by the revision', async () => {
    const now = { spec: { template: template('web:3', { hostname: 'new' }) } }
    const back = watched('ReplicaSet', 20, replicaSet('b', 5, 2))
    const { stage, recording, app, asked } = scene([back], { now, sets })
    const act = await rollBack(app).inject(stage, 0)
    expect(asked).toEqual([
      { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }], hostname: null } } } },
    ])
    recording.passUntil(30)
    expect(seenOf(recording, act)).toMatchObject({ atMs: 20, evidence: 'ReplicaSet b is revision 5' })
    expect(app.podSpec.containers[0]?.image).toBe('web:0')
  })

  test.each([
    ['is paused', { now: { spec: { paused: true } }, sets }],
    ['has had no revision before this one', { sets: sets.slice(0, 1) }],
  ])('of one that %s is refused', async (told, there) => {
    const { stage, app, asked } = scene([], there)
    await expect(rollBack(app).inject(stage, 0)).rejects.toThrow(told)
    expect(asked).toEqual([])
  })
})
