import { describe, expect, test } from 'vitest'
import { NoReceiptError, NotCapableError, UsageError } from '../model/errors.ts'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import type { Stage } from '../workload/stage.ts'
import { type Act, type Fault, type InjectedFault, injectFault } from './fault.ts'

function stageOf(parts: Partial<Stage> = {}): Stage {
  const recording = new FakeRecording()
  const cluster = { provider: 'kind', capabilities: new Set(['probe.intercept']), clock: recording.clock }
  return { ...fakeStage(recording), cluster: cluster as never, ...parts }
}

const landed: Act['receipt'] = () => ({ atMs: 5, observedBy: 'watch of pods', evidence: 'it is gone' })
const faultOf = (act: Act, parts: Partial<Fault> = {}): Fault => ({
  ...{ kind: 'failProbe', target: 'Pod/shop/web-1', requires: [], receiptWithinMs: 1_000, lasting: true },
  effect: { does: 'delete-pod', podUid: 'web-1', force: false },
  inject: async () => act,
  ...parts,
})

describe('a fault is registered before its receipt', () => {
  test('so that it is known to whoever undoes it, should the wait be cut short', async () => {
    const registered: InjectedFault[] = []
    let registeredByThen = 0
    const receipt: Act['receipt'] = (timeline) => {
      registeredByThen = registered.length
      return landed(timeline)
    }
    const injected = await injectFault(stageOf(), faultOf({ receipt }), (one) => registered.push(one))
    expect(registeredByThen).toBe(1)
    expect(registered).toEqual([injected])
  })

  test('and is undone where none comes; a revert that failed then is tried again', async () => {
    const registered: InjectedFault[] = []
    let asked = 0
    const revert = async () => {
      asked += 1
      if (asked === 1) throw new Error('the API server did not answer')
    }
    const stage = stageOf()
    const injecting = injectFault(stage, faultOf({ receipt: () => undefined, revert }), (one) =>
      registered.push(one),
    )
    await expect(injecting).rejects.toThrow(NoReceiptError)
    expect(asked).toBe(1)
    expect(stage.faults[0]?.revertedAtMs).toBeUndefined()
    await registered[0]?.revert()
    await registered[0]?.revert()
    expect(asked).toBe(2)
    expect(stage.faults[0]?.revertedAtMs).toBe(1_000)
  })
})

test('a fault that hurts other scenarios too is refused where they may run meanwhile', async () => {
  const fault = faultOf({ receipt: landed }, { exclusive: true })
  const shared = stageOf()
  await expect(injectFault(shared, fault)).rejects.toThrow(UsageError)
  expect(shared.faults).toEqual([])
  const injected = await injectFault(stageOf({ exclusive: true }), fault)
  expect(injected.record.receipt?.atMs).toBe(5)
})

test('a fault that the cluster is not capable of is refused', async () => {
  const fault = faultOf({ receipt: landed }, { requires: ['node.delete'] })
  await expect(injectFault(stageOf(), fault)).rejects.toThrow(NotCapableError)
})

test('nothing is done in a control run, and the moment counts as the receipt', async () => {
  const inject = () => Promise.reject(new Error('not in a control run'))
  const { record } = await injectFault(stageOf({ control: true }), faultOf({ receipt: landed }, { inject }))
  expect(record.receipt).toMatchObject({ atMs: 0, observedBy: 'control run' })
})
