import { expect, test } from 'vitest'
import { realClock } from './clock.ts'
import type { Kube, ListRef, WatchEvent } from './kube.ts'
import { untilKubeletsTold } from './kubelets.ts'

const zero = 1_795_264_500_000
const lease = (name: string, ms: number) => ({
  ...{ kind: 'Lease', metadata: { name, uid: name } },
  spec: { renewTime: new Date(zero + ms).toISOString() },
})

/** Asked at zero. Lists these leases, then has what comes later watched, and then time passes. */
async function told(nodes: string[], there: object[], later: object[] = []) {
  let nowMs = 0
  const asked: ListRef[] = []
  const clock = {
    ...realClock,
    now: () => nowMs,
    epoch: () => zero + nowMs,
    // Time that is waited in vain passes once everything was told.
    async sleep(ms: number, signal?: AbortSignal) {
      await new Promise((resolve) => setTimeout(resolve, ms > 11_000 ? 30 : 0))
      signal?.throwIfAborted()
      nowMs += ms
    },
  }
  const kube = {
    async list(ref: ListRef) {
      asked.push(ref)
      return { items: there, resourceVersion: '1' }
    },
    async watch(_: ListRef, __: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal) {
      for (const object of later) onEvent({ type: 'MODIFIED', object: object as never })
      if (!signal.aborted) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      }
      return { why: 'closed' }
    },
  } as unknown as Kube
  const wrong = await untilKubeletsTold(kube, clock, nodes, 60_000)
  return { wrong, nowMs, asked }
}

test('a kubelet that has renewed its lease since has told what it knew ten seconds later', async () => {
  const { wrong, nowMs, asked } = await told(
    ['n1', 'n2'],
    [lease('n1', 1), lease('n2', -1)],
    [lease('n2', 5)],
  )
  expect([wrong, nowMs]).toEqual([undefined, 11_000])
  expect(asked).toEqual([
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease' },
  ])
})

test('one that has not is silent, and so is one without a lease', async () => {
  expect((await told(['n1', 'n2'], [lease('n1', 1), lease('n2', -1)])).wrong).toBe(
    'the kubelet of n2 is silent',
  )
  expect((await told(['n3'], [lease('n1', 1)])).wrong).toBe('the kubelet of n3 is silent')
})
