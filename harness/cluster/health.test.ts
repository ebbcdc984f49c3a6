import { describe, expect, test } from 'vitest'
import { realClock } from './clock.ts'
import { type NodeReturn, untilNodeBack, untilNodesWell } from './health.ts'
import type { Kube, ListRef, WatchEvent } from './kube.ts'

const at = (seconds: number) => new Date(seconds * 1_000).toISOString().replace('.000', '')
const ready = (status: 'True' | 'Unknown', spoke: number) => [
  { type: 'Ready', status, lastHeartbeatTime: at(spoke) },
]
const node = (spoke: number, parts: { status?: 'True' | 'Unknown'; taint?: string } = {}) => ({
  ...{ kind: 'Node', metadata: { name: 'n1', uid: 'n1' } },
  spec: { ...(parts.taint && { taints: [{ key: parts.taint, effect: 'NoExecute' }] }) },
  status: { conditions: ready(parts.status ?? 'True', spoke) },
})
const pod = (name: string, started: number, status: 'True' | 'Unknown' = 'True') => ({
  ...{ kind: 'Pod', metadata: { name, uid: name } },
  status: {
    conditions: [{ type: 'Ready', status }],
    containerStatuses: [{ state: { running: { startedAt: at(started) } } }],
  },
})

let nowMs = 0
/** Time passes only while somebody waits. */
const clock = {
  ...realClock,
  now: () => nowMs,
  async sleep(ms: number) {
    nowMs += ms
  },
}

/** Lists these objects, then has what comes later watched; nothing more comes. */
function back(how: NodeReturn, there: object[], later: object[] = []) {
  const asked: ListRef[] = []
  const ofKind = (kind: string | undefined, objects: object[]) =>
    objects.filter((object) => 'kind' in object && object.kind === kind) as never[]
  const kube = {
    async list(ref: ListRef) {
      asked.push(ref)
      return { items: ofKind(ref.kind, there), resourceVersion: '1' }
    },
    async watch({ kind }: ListRef, _: string, onEvent: (event: WatchEvent) => void) {
      for (const object of ofKind(kind, later)) onEvent({ type: 'MODIFIED', object })
      await new Promise((resolve) => setImmediate(resolve))
      return { why: 'closed' }
    },
  } as unknown as Kube
  return { asked, wrong: untilNodeBack(kube, clock, 'n1', how, 60_000) }
}

const rebooted = { sinceMs: 100_900, rebooted: true }
const goesOn = { sinceMs: 100_900, rebooted: false }

describe('a node is back', () => {
  test('once it is Ready by the word of its kubelet since, in whole seconds', async () => {
    const { asked, wrong } = back(goesOn, [node(100)])
    expect(await wrong).toBeUndefined()
    expect(asked).toEqual([{ apiVersion: 'v1', kind: 'Node', fieldSelector: 'metadata.name=n1' }])
    expect(await back(goesOn, [node(99)], [node(101)]).wrong).toBeUndefined()
  })

  test.each([
    ['what was said before it was lost', node(99)],
    ['that nobody has heard from it', node(101, { status: 'Unknown' })],
    ['that it is unreachable', node(101, { taint: 'node.kubernetes.io/unreachable' })],
    ['that there is none', { kind: 'Other' }],
  ])('%s does not count', async (_, object) => {
    expect(await back(goesOn, [object]).wrong).toBe('Node/n1: is not ready')
  })
})

describe('a node that was rebooted is back', () => {
  test('once its pods of kube-system run anew', async () => {
    const { asked, wrong } = back(
      rebooted,
      [node(101), pod('kindnet', 99), pod('kube-proxy', 102)],
      [pod('kindnet', 102)],
    )
    expect(await wrong).toBeUndefined()
    expect(asked.at(-1)).toMatchObject({ namespace: 'kube-system', fieldSelector: 'spec.nodeName=n1' })
  })

  test('and not while they are as they were before', async () => {
    const { wrong } = back(rebooted, [node(101), pod('kindnet', 99), pod('kube-proxy', 102)])
    expect(await wrong).toBe('Pod/kube-system/kindnet: is not ready')
    expect(await back(rebooted, [node(101), pod('kindnet', 102, 'Unknown')]).wrong).toContain('kindnet')
    expect(await back(rebooted, [node(101)]).wrong).toContain('nothing was seen of the pods')
  })
})

describe('of somebody else’s nodes', () => {
  const named = (name: string, parts: Parameters<typeof node>[1] = {}) => ({
    ...node(1, parts),
    metadata: { name, uid: name },
  })
  const lists = (...nodes: object[]) =>
    ({
      list: async () => ({ items: nodes, resourceVersion: '1' }),
      watch: async () => ({ why: 'closed' }),
    }) as never
  const ill = named('n2', { status: 'Unknown' })

  test('those that are not named may be as ill as they like', async () => {
    expect(await untilNodesWell(lists(named('n1'), ill), clock, ['n1'], 5_000)).toBeUndefined()
  })

  test('those that are named are waited for, and told', async () => {
    expect(await untilNodesWell(lists(named('n1'), ill), clock, ['n1', 'n2'], 5_000)).toBe(
      'Node/n2: is not ready',
    )
    expect(await untilNodesWell(lists(named('n1')), clock, ['n3'], 5_000)).toBe('Node/n3: is not there')
  })

  test.each([
    ['Node/n1: is cordoned', { unschedulable: true }],
    [
      'Node/n1: has the taint node.kubernetes.io/disk-pressure',
      { taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] },
    ],
  ])('and what keeps pods from them is told: %s', async (wrong, spec) => {
    expect(await untilNodesWell(lists({ ...named('n1'), spec }), clock, ['n1'], 5_000)).toBe(wrong)
  })

  test('a taint of their owner’s is none of these', async () => {
    const spec = { taints: [{ key: 'example.com/gpu', effect: 'NoSchedule' }] }
    expect(await untilNodesWell(lists({ ...named('n1'), spec }), clock, ['n1'], 5_000)).toBeUndefined()
  })

  test('none are asked for where none is named', async () => {
    const never = { list: () => expect.unreachable('the nodes were listed') } as never
    expect(await untilNodesWell(never, clock, [], 5_000)).toBeUndefined()
  })
})
