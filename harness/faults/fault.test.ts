import { describe, expect, test } from 'vitest'
import type { PodObject } from '../cluster/kube.ts'
import { NoReceiptError, NotCapableError, UsageError } from '../model/errors.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
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

describe('an act is written down before it is done', () => {
  /** A stage whose journal, and whose fault, tell in which order they were asked. */
  function told(...reverts: (Error | undefined)[]) {
    const said: string[] = []
    const begin: Stage['journal']['begin'] = async ({ does, target }) => {
      said.push(`begin ${does} ${target}`)
      return async () => void said.push('strike out')
    }
    const revert = async () => {
      said.push('revert')
      const failure = reverts.shift()
      if (failure) throw failure
    }
    const act: Act = { receipt: landed, revert }
    const inject = async () => {
      said.push('inject')
      return act
    }
    return { said, stage: stageOf({ journal: { begin } }), fault: faultOf(act, { inject }) }
  }

  test('and struck out once it is undone', async () => {
    const { said, stage, fault } = told()
    const injected = await injectFault(stage, fault)
    expect(said).toEqual(['begin failProbe Pod/shop/web-1', 'inject'])
    await injected.revert()
    expect(said.slice(2)).toEqual(['revert', 'strike out'])
  })

  test('and stays open where it could not be undone', async () => {
    const { said, stage, fault } = told(new Error('the API server did not answer'))
    const injected = await injectFault(stage, fault)
    await expect(injected.revert()).rejects.toThrow()
    expect(said.slice(2)).toEqual(['revert'])
    await injected.revert()
    expect(said.slice(3)).toEqual(['revert', 'strike out'])
  })

  test('and not at all where nothing is done', async () => {
    const { said, stage, fault } = told()
    await injectFault({ ...stage, control: true }, fault)
    await expect(injectFault(stage, { ...fault, exclusive: true })).rejects.toThrow(UsageError)
    expect(said).toEqual([])
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

test('where a flag would give the capability, the refusal names it', async () => {
  const fault = faultOf({ receipt: landed }, { requires: ['probe.intercept'] })
  const there = { provider: 'existing', capabilities: new Set() }
  const refused = injectFault(stageOf({ cluster: there as never }), fault)
  await expect(refused).rejects.toThrow(
    'a cluster by existing lacks the capability probe.intercept: --allow-',
  )
  const stands = { ...there, provider: 'simulated', rehearsal: { permissions: [], made: [], hurtAtOnce: 0 } }
  await expect(injectFault(stageOf({ cluster: stands as never }), fault)).rejects.toThrow('by existing lacks')
})

test('what is hurt is counted before it is hurt, until a fault that lasts is reverted', async () => {
  const counted: string[] = []
  const hurtCount = {
    take: async (what: string, pods: string[]) => void counted.push(`take ${pods}: ${what}`),
    give: async (pods: string[]) => void counted.push(`give ${pods}`),
    close: async () => undefined,
  }
  const kube = { get: async () => ({ metadata: { labels: { 'rolypoly.dev/run': 'r1' } } }) }
  const { cluster } = stageOf()
  const limits = { run: 'r1', nodes: [] }
  const stage = stageOf({ cluster: { ...cluster, kube } as never, limits, hurtCount })
  const fault = faultOf({ receipt: landed })
  const injected = await injectFault(stage, { ...fault, lasting: true })
  expect(counted).toEqual(['take web-1: Pod/shop/web-1: failProbe'])
  await injected.revert()
  expect(counted.at(-1)).toBe('give web-1')
  await (await injectFault(stage, { ...fault, lasting: false })).revert()
  expect(counted).toHaveLength(3)
  await injectFault({ ...stage, control: true }, fault)
  expect(counted).toHaveLength(3)
  const late = (name: string) => ({ metadata: { name, namespace: 'shop', uid: name } })
  const more = await injectFault(stage, {
    ...{ ...fault, lasting: true },
    async inject(on, number, alsoHurts) {
      await alsoHurts?.([late('web-1'), late('web-2')] as PodObject[])
      return fault.inject(on, number)
    },
  })
  expect(counted.slice(3)).toEqual(
    ['web-1', 'web-2'].map((name) => `take ${name}: Pod/shop/web-1: failProbe`),
  )
  await more.revert()
  expect(counted.at(-1)).toBe('give web-1,web-2')
})

test('nothing is done in a control run, and the moment counts as the receipt', async () => {
  const inject = () => Promise.reject(new Error('not in a control run'))
  const { record } = await injectFault(stageOf({ control: true }), faultOf({ receipt: landed }, { inject }))
  expect(record.receipt).toMatchObject({ atMs: 0, observedBy: 'control run' })
})

describe('a pod is meant by its UID', () => {
  const stageAfter = (...seen: Observation[]) => {
    const stage = stageOf()
    for (const observation of seen) stage.recording.record(observation)
    return stage
  }
  const gone = watched('Pod', 2, pod(), 'DELETED')
  const fault = faultOf({ receipt: landed })

  test('one that is gone is not hurt, and the message says where it went', async () => {
    const injecting = injectFault(stageAfter(watched('Pod', 1, pod()), gone), fault)
    await expect(injecting).rejects.toThrow(
      'Pod/shop/web-1: the pod meant is gone (UID web-1): nothing was hurt',
    )
  })

  test('another of the same name is not hurt in its place', async () => {
    const other = watched('Pod', 3, pod({ uid: 'later' }))
    const injecting = injectFault(stageAfter(watched('Pod', 1, pod()), gone, other), fault)
    await expect(injecting).rejects.toThrow('the pod of that name is another by now (UID later)')
  })

  test('one of several that is gone is no reason to spare the others', async () => {
    const effect = { does: 'delete-node', node: 'n1', podUids: ['web-1', 'web-2'] } as const
    const there = watched('Pod', 1, pod({ name: 'web-2' }))
    const stage = stageAfter(watched('Pod', 1, pod()), there, gone)
    const injected = await injectFault(stage, {
      ...fault,
      effect: { ...effect, podUids: [...effect.podUids] },
    })
    expect(injected.record.receipt?.atMs).toBe(5)
  })
})
