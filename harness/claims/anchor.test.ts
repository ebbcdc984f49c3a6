import { describe, expect, test } from 'vitest'
import type { FaultEffect, FaultRecord } from '../model/fault.ts'
import { predict as predictions } from '../predict/predict.ts'
import { FakeRecording, fakeStage, slice, step, watched } from '../timeline/testing.ts'
import { judgeJoined, judgeLeft } from './endpoints.ts'
import { claim, fault, predict } from './testing.ts'

describe('the anchor', () => {
  const probe = (...probes: ('liveness' | 'readiness')[]): FaultEffect => ({
    ...{ does: 'fail-probe', podUid: 'web-1', container: 'app', probes },
    failure: { with: 'status', status: 500 },
  })
  const reverted = (effect: FaultEffect) => fault({ kind: 'failProbe', effect, revertedAtMs: 20_000 })
  const at = (ms: number) => [step(ms, 'held')]

  test('is the revert of a failed probe for what waits for the recovery', async () => {
    const { result } = await claim(at(25_000), { fromRevert: true }, reverted(probe('readiness')))
    expect(result.anchor).toEqual({ event: 'the revert of failProbe', atMs: 20_000 })
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    expect(result.message).toContain('5.0 s after the revert of failProbe')
  })

  test('is the receipt for what does not, and before the revert', async () => {
    const landed = { event: 'failProbe landed', atMs: 1_000 }
    const other = await claim(at(5_000), {}, reverted(probe('readiness')))
    expect(other.result.anchor).toEqual(landed)
    const open = fault({ kind: 'failProbe', effect: probe('readiness') })
    expect((await claim(at(5_000), { fromRevert: true }, open)).result.anchor).toEqual(landed)
  })

  test('is the revert of a lost dependency, before which nothing was due to it', async () => {
    const effect: FaultEffect = {
      does: 'lose-dependency',
      deployment: 'd',
      readyTookMs: 1,
      podUids: ['web-1'],
    }
    const { result } = await claim(at(25_000), { fromRevert: true }, reverted(effect))
    expect(result.anchor).toEqual({ event: 'the revert of failProbe', atMs: 20_000 })
    const early = await claim(at(9_000), { fromRevert: true }, reverted(effect))
    expect(early.result).toMatchObject({ verdict: 'inconclusive', timing: 'early' })
  })

  test('is the revert where nothing could follow before it', async () => {
    const effect: FaultEffect = { does: 'lose-node', node: 'n1', how: 'partitioned', podUids: ['web-1'] }
    const afterRevert = (of: FaultRecord) => of.effect.does === 'lose-node'
    const { result } = await claim(at(25_000), { afterRevert }, reverted(effect))
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    expect(result.anchor).toEqual({ event: 'the revert of failProbe', atMs: 20_000 })
    const atOnce = () => ({ ...predict(), earliestMs: 0 })
    const early = await claim(at(9_000), { afterRevert, predict: atOnce }, reverted(effect))
    expect(early.result).toMatchObject({ verdict: 'inconclusive', timing: 'early' })
    const open = await claim(at(9_000), { afterRevert }, { ...reverted(effect), revertedAtMs: undefined })
    expect(open.result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
    const other = await claim(at(9_000), { afterRevert }, reverted(probe('liveness')))
    expect(other.result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
  })

  test('is the revert of a frozen container for a recovery after it, and the receipt for one before it', async () => {
    const effect: FaultEffect = { does: 'freeze', podUid: 'web-1', container: 'app', ranForMs: 0 }
    const after = await claim(at(25_000), { fromRevert: true }, reverted(effect))
    expect(after.result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
    const before = await claim(at(9_000), { fromRevert: true }, reverted(effect))
    expect(before.result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
  })

  test('is the receipt for a fault that is over once it has landed, though it was reverted', async () => {
    const { result } = await claim(at(5_000), { fromRevert: true }, fault({ revertedAtMs: 20_000 }))
    expect(result.anchor).toEqual({ event: 'deletePod landed', atMs: 1_000 })
  })

  test('is the receipt where a restarted container was well before its liveness probe was let alone', async () => {
    const { result } = await claim(at(9_000), { fromRevert: true }, reverted(probe('liveness')))
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 8_000 })
    expect(result.anchor).toEqual({ event: 'failProbe landed', atMs: 1_000 })
  })

  test('stays the revert for a failed readiness: what came before was not due to it', async () => {
    const { result } = await claim(at(9_000), { fromRevert: true }, reverted(probe('liveness', 'readiness')))
    expect(result).toMatchObject({ verdict: 'inconclusive', timing: 'early', measuredMs: -11_000 })
    expect(result.message).toContain('11.0 s before the revert of failProbe')
  })

  test('is the revert of what a node was given for a recovery after it, and the receipt for one before it', async () => {
    const node = { node: 'n1', podUids: [] }
    const effects: FaultEffect[] = [
      { does: 'cordon', ...node },
      { does: 'drain', ...node, atOnce: null },
      { does: 'taint', ...node, taint: { key: 'a', effect: 'NoExecute' } },
    ]
    for (const effect of effects) {
      const after = await claim(at(25_000), { fromRevert: true }, reverted(effect))
      expect(after.result).toMatchObject({ verdict: 'passed', measuredMs: 5_000 })
      const before = await claim(at(5_000), { fromRevert: true }, reverted(effect))
      expect(before.result).toMatchObject({ verdict: 'passed', measuredMs: 4_000 })
    }
  })

  test('is the injection where there is no receipt', async () => {
    const { result } = await claim(at(5_000), {}, fault({ receipt: null }))
    expect(result.anchor).toEqual({ event: 'deletePod landed', atMs: 500 })
  })

  test('is that of the last fault where there were several', async () => {
    const second = fault({ number: 1, kind: 'killPod', injectedAtMs: 9_000, receipt: null })
    const stage = fakeStage(new FakeRecording(...at(12_000)), fault(), second)
    expect((await claim([], { stage })).result.anchor).toEqual({ event: 'killPod landed', atMs: 9_000 })
  })
})

describe('a pod that is named', () => {
  const of = (number: number, podUid: string, injectedAtMs: number) =>
    fault({
      ...{ number, kind: `fault ${number}`, injectedAtMs, receipt: null },
      effect: { does: 'delete-pod', podUid, force: false },
    })
  const anchorOf = async (podUid: string, ...faults: FaultRecord[]) => {
    const stage = fakeStage(new FakeRecording(), ...faults)
    return (await claim([], { stage, podUid })).result.anchor
  }

  test('has its own last fault as the anchor', async () => {
    const faults = [of(0, 'web-1', 100), of(1, 'web-1', 200), of(2, 'web-2', 300)]
    expect(await anchorOf('web-1', ...faults)).toEqual({ event: 'fault 1 landed', atMs: 200 })
  })

  test('has the last of all where none hurt it', async () => {
    const faults = [of(0, 'web-1', 100), of(1, 'web-2', 300)]
    expect(await anchorOf('web-3', ...faults)).toEqual({ event: 'fault 1 landed', atMs: 300 })
  })
})

describe('what another watch brings', () => {
  const listed = (atMs: number, ready?: boolean) =>
    watched('EndpointSlice', atMs, slice('s1', [{ of: 'web-1', ...(ready === false && { ready }) }]))
  const liveness: FaultEffect = {
    ...{ does: 'fail-probe', podUid: 'web-1', container: 'app', probes: ['liveness'] },
    failure: { with: 'status', status: 500 },
  }

  test('a moment before the receipt is not early where nothing has to pass first', async () => {
    const { result } = await claim(
      [listed(1), watched('EndpointSlice', 995, slice('s1', []))],
      {
        judge: judgeLeft('web-1'),
        predict: ({ effect }) =>
          predictions.leavesEndpoints({ effect, pod: { containers: [] }, restartsBefore: 0 }),
      },
      fault(),
      600,
    )
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: -5 })
  })

  test('soon after the revert of a failed liveness is not early: the restart was before it', async () => {
    const pod = {
      terminationGracePeriodSeconds: 5,
      containers: [
        { name: 'app', livenessProbe: { periodSeconds: 5 }, readinessProbe: { periodSeconds: 1 } },
      ],
    }
    const { result } = await claim(
      [listed(1), listed(12_000, false), listed(14_000)],
      {
        ...{ judge: judgeJoined('web-1'), rests: [], fromRevert: true },
        predict: ({ effect }) => predictions.joinsEndpoints({ effect, pod, restartsBefore: 0 }),
      },
      fault({ effect: liveness, revertedAtMs: 13_000 }),
      600,
    )
    expect(result).toMatchObject({ verdict: 'passed', measuredMs: 1_000 })
  })

  test('late, though before the revert, is told by how much from the receipt', async () => {
    const recording = new FakeRecording(step(95_000, 'held'))
    recording.passUntil(100_000)
    const stage = fakeStage(recording, fault({ effect: liveness, revertedAtMs: 99_000 }))
    const { end } = await claim([], {
      ...{ stage, fromRevert: true },
      predict: () => ({ earliestMs: 0, latestMs: 60_000, because: [] }),
    })
    const last = await end(100_000)
    expect(last).toMatchObject({ verdict: 'violated', measuredMs: 94_000 })
    expect(last.message).toContain('34.0 s too late')
  })
})
