import { describe, expect, test } from 'vitest'
import type { ClusterTiming } from '../model/cluster-timing.ts'
import type { FaultEffect, NodeLoss } from '../model/fault.ts'
import type { Prediction } from '../model/result.ts'
import { predict, type Situation } from './predict.ts'
import type { PodTiming, Toleration } from './spec.ts'
import * as terms from './terms.ts'

const losses: NodeLoss[] = ['stopped', 'paused', 'kubelet stopped', 'partitioned']
const lost = (how: NodeLoss): FaultEffect => ({ does: 'lose-node', node: 'n1', how, podUids: ['web-1'] })
const bare: PodTiming = { containers: [{ name: 'app' }] }
const of = (how: NodeLoss, pod = bare, cluster: ClusterTiming = {}): Situation => ({
  ...{ effect: lost(how), pod, restartsBefore: 0, cluster },
})
const window = (prediction: Prediction | undefined) => [prediction?.earliestMs, prediction?.latestMs]
const ms = (...of: { ms: number }[]) => of.reduce((all, term) => all + term.ms, 0)
const { endpointsFollow, kubeletStarts, nodeBoots, plegStart, replacementCreated, sandboxStarts } = terms
/** One node of a zone in 10 s, and a look each 100 ms. */
const tainted = 10_100
const follow = ms(terms.statusArrives, ...endpointsFollow)
const created = ms(replacementCreated, sandboxStarts, plegStart, terms.statusArrives)

describe.each(losses)('a node that is %s', (how) => {
  test('has its endpoints taken when its grace period is over; seen at 45 to 56 s', () => {
    expect(window(predict.leavesEndpoints(of(how)))).toEqual([39_600, 60_000 + follow])
  })

  test('of a cluster before 1.32, or with settings of its own, sooner', () => {
    const before = of(how, bare, { version: '1.31' })
    expect(window(predict.leavesEndpoints(before))).toEqual([29_600, 50_000 + follow])
    const short = { nodeMonitorGraceMs: 8_000, nodeMonitorPeriodMs: 1_000 }
    expect(window(predict.leavesEndpoints(of(how, bare, short)))).toEqual([0, 10_000 + follow])
  })

  test('may have been silent for as long as its lease, and a little longer', () => {
    const [first] = predict.leavesEndpoints(of(how, bare, { nodeLeaseRenewMs: 7_000 }))?.because ?? []
    expect(first).toMatchObject({
      term: 'the node monitor grace period, from a last heartbeat up to 7.28 s old',
      earliestMs: 50_000 - 7_280,
    })
  })

  test('has its pods replaced when they have borne its taint for 300 s; seen at 340 to 365 s', () => {
    const [earliestMs, latestMs] = window(predict.replaced(of(how)))
    expect([earliestMs, latestMs]).toEqual([339_600, 360_000 + tainted + created])
    expect(window(predict.recovers(of(how)))).toEqual([earliestMs, (latestMs ?? 0) + ms(...endpointsFollow)])
  })

  test('restarts nothing and ends nothing that anybody would see', () => {
    expect(predict.restarts(of(how), 1)).toBeUndefined()
    expect(predict.exits(of(how))).toBeUndefined()
  })
})

describe('a pod on an unreachable node is evicted', () => {
  const unreachable = 'node.kubernetes.io/unreachable'
  const evictedAfter = (tolerations: Toleration[], cluster: ClusterTiming = {}) => {
    const replaced = predict.replaced(of('stopped', { ...bare, tolerations }, cluster))
    return replaced && replaced.latestMs - 60_000 - tainted - created
  }

  test.each<[string, Toleration, number]>([
    [
      'its own time',
      { key: unreachable, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 },
      20_000,
    ],
    ['every effect', { key: unreachable, operator: 'Exists', tolerationSeconds: 5 }, 5_000],
    ['every taint', { operator: 'Exists', tolerationSeconds: 7 }, 7_000],
    ['the empty value', { key: unreachable, effect: 'NoExecute', tolerationSeconds: 9 }, 9_000],
    ['no time at all', { key: unreachable, operator: 'Exists', tolerationSeconds: -1 }, 0],
    [
      'another taint',
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 9 },
      300_000,
    ],
    ['another effect', { key: unreachable, operator: 'Exists', effect: 'NoSchedule' }, 300_000],
    ['another value', { key: unreachable, value: 'yes', tolerationSeconds: 9 }, 300_000],
  ])('after its toleration of %s', (_, toleration, afterMs) => {
    expect(evictedAfter([toleration])).toBe(afterMs)
  })

  test("after its cluster's own default, and by the first toleration that matches", () => {
    expect(evictedAfter([], { defaultTolerationSeconds: 30 })).toBe(30_000)
    const own = { key: unreachable, operator: 'Exists', tolerationSeconds: 20 }
    expect(evictedAfter([own, { operator: 'Exists', tolerationSeconds: 5 }])).toBe(20_000)
  })

  test('once its node is tainted: at the rate of its cluster, one lost node after the other', () => {
    const replacedBy = (cluster: ClusterTiming, nodesLost = 1) =>
      predict.replaced({ ...of('stopped', bare, cluster), nodesLost })?.latestMs
    expect(replacedBy({})).toBe(360_000 + 10_100 + created)
    expect(replacedBy({}, 3)).toBe(360_000 + 30_100 + created)
    expect(replacedBy({ nodeEvictionRate: 0.5 })).toBe(360_000 + 2_100 + created)
    expect(replacedBy({ nodeEvictionRate: 0 })).toBeUndefined()
  })

  test('never, where its toleration has no end: then nothing stands in for it, and nothing recovers', () => {
    for (const toleration of [{ operator: 'Exists' }, { key: unreachable, operator: 'Exists' }]) {
      const pod = { ...bare, tolerations: [toleration] }
      expect(predict.replaced(of('paused', pod))).toBeUndefined()
      expect(predict.recovers(of('paused', pod))).toBeUndefined()
      expect(predict.leavesEndpoints(of('paused', pod))).toBeDefined()
    }
  })
})

describe('a node that comes back before its pods are evicted has them in their endpoints again', () => {
  const probed: PodTiming = {
    containers: [
      { name: 'app', readinessProbe: { initialDelaySeconds: 9, periodSeconds: 2, successThreshold: 3 } },
      { name: 'side', readinessProbe: { periodSeconds: 1 } },
    ],
  }
  const posts = 10_000 + 5_000

  test('when its kubelet has posted their status, and asked them again', () => {
    expect(window(predict.joinsEndpoints(of('paused')))).toEqual([0, posts + follow])
    expect(window(predict.joinsEndpoints(of('paused', probed)))).toEqual([0, posts + 8_000 + follow])
  })

  test('after a new kubelet has started and has spread its probes', () => {
    const joins = predict.joinsEndpoints(of('kubelet stopped', probed))
    expect(window(joins)).toEqual([0, ms(kubeletStarts) + posts + 2_000 + 8_000 + follow])
  })

  test('after a kubelet that was cut off has reached the API server again, and asks them as before', () => {
    const joins = predict.joinsEndpoints(of('partitioned', probed))
    expect(window(joins)).toEqual([0, ms(terms.apiReached) + posts + 8_000 + follow])
  })

  test('after a machine that was off has started their containers again, and they have become ready', () => {
    const joins = predict.joinsEndpoints(of('stopped', probed))
    const ready = 9_000 + 2_000 + 6_000
    const starts = ms(nodeBoots, sandboxStarts, plegStart)
    expect(window(joins)).toEqual([8_000 + 3_500, starts + ready + follow])
  })
})

describe('a pod that was evicted while its node was cut off', () => {
  const hears = ms(terms.apiReached) + 30_000
  const ends = 30_000 + 2_000 + ms(terms.runtimeEnds, terms.plegRelist, terms.statusArrives)

  test('ends once its kubelet hears of it, which it does after the revert', () => {
    expect(window(predict.exits({ ...of('partitioned'), reverted: true }))).toEqual([0, hears + ends])
    for (const how of losses.filter((one) => one !== 'partitioned'))
      expect(predict.exits({ ...of(how), reverted: true })).toBeUndefined()
  })

  test('goes on where it tolerates that without an end', () => {
    const tolerations = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists' }]
    const bound = { ...of('partitioned', { ...bare, tolerations }), reverted: true }
    expect(predict.exits(bound)).toBeUndefined()
  })
})
