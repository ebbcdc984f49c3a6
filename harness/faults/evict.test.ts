import { expect, test } from 'vitest'
import type { EvictionAnswer } from '../cluster/kube.ts'
import { EnvironmentError } from '../model/errors.ts'
import { budget, FakeRecording, fakeStage, pod, spans, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { evictPod } from './evict.ts'

const why = 'The disruption budget web needs 2 healthy pods and has 2 currently'
const refused: EvictionAnswer = { is: 'refused', why }

/** A pod whose eviction is answered so, one after the other; the last answer again and again. */
function scene(...answers: EvictionAnswer[]) {
  const recording = new FakeRecording()
  recording.record(watched('PodDisruptionBudget', 0, budget()))
  recording.record(watched('Pod', 0, pod()))
  const asked: object[] = []
  const evict = async (...of: object[]) => {
    asked.push({ atMs: recording.now(), of })
    return answers.length > 1 ? answers.shift() : answers[0]
  }
  const cluster = { kube: { evict }, clock: recording.clock } as never
  const stage = { ...fakeStage(recording), cluster }
  const shape = { name: 'web', namespace: 'shop', roots: [], services: [] }
  const mine = new Pod(new Workload(stage, shape, { containers: [] }), pod() as never)
  const goes = (atMs: number) => {
    const parts = { grace: 30, disrupted: 'EvictionByEvictionAPI' }
    recording.record(watched('Pod', atMs, pod(parts)))
  }
  return { recording, stage, mine, asked, goes }
}

test('an evicted pod is told by its condition and its deletionTimestamp', async () => {
  const { stage, mine, recording, asked, goes } = scene({ is: 'evicted' })
  const fault = evictPod(mine)
  expect(fault).toMatchObject({ kind: 'evictPod', target: 'Pod/shop/web-1', lasting: false })
  expect(fault.effect).toEqual({ does: 'delete-pod', podUid: 'web-1', force: false })
  const act = await fault.inject(stage, 0)
  expect(asked).toEqual([{ atMs: 0, of: [{ namespace: 'shop', name: 'web-1' }, { uid: 'web-1' }] }])
  expect(act.receipt(recording.timeline)).toBeUndefined()
  goes(7)
  expect(act.receipt(recording.timeline)).toEqual({
    ...{ atMs: 7, observedBy: 'watch of pods' },
    evidence:
      'its condition DisruptionTarget is EvictionByEvictionAPI, and its deletionTimestamp is set, with 30 s of grace',
  })
})

test('what a budget refuses is asked for again every 5 s, and each answer is written down', async () => {
  const { stage, mine, recording, asked, goes } = scene(refused, refused, { is: 'evicted' })
  const act = await evictPod(mine).inject(stage, 0)
  expect(asked).toHaveLength(3)
  const told = recording.timeline.of('eviction', 'web-1')
  expect(spans(told)).toEqual(['0-0', '5000-5000', '10000-10000'])
  expect(told.map(({ detail }) => detail)).toEqual([
    { refused: true, budget: 'web', why },
    { refused: true, budget: 'web', why },
    { refused: false, budget: null, why: null },
  ])
  goes(10_005)
  expect(act.receipt(recording.timeline)?.evidence).toMatch(/grace, after 2 refusals$/)
})

test('what is refused to the end stays, and its first refusal is the proof', async () => {
  const { stage, mine, recording, asked } = scene(refused)
  const act = await evictPod(mine, { within: '12s' }).inject(stage, 0)
  expect(asked).toHaveLength(3)
  expect(recording.now()).toBe(10_000)
  expect(act.receipt(recording.timeline)).toEqual({
    ...{ atMs: 0, observedBy: 'API server', evidence: `3 refusals for 12.0 s: ${why}` },
  })
})

test('a pod that is gone is not evicted', async () => {
  const { stage, mine, recording } = scene({ is: 'gone' })
  await expect(evictPod(mine).inject(stage, 0)).rejects.toThrow(EnvironmentError)
  expect(recording.timeline.of('eviction')).toEqual([])
})
