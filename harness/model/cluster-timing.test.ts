import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { resolveTiming, timingOfVersion } from './cluster-timing.ts'

test.each([
  ['1.31', 40_000],
  ['v1.31.14', 40_000],
  ['1.32', 50_000],
  ['v1.34.4', 50_000],
  ['v1.34.4+k3s1', 50_000],
  ['v1.29.3-gke.1282000', 40_000],
  ['1.9', 40_000],
  ['2.0', 50_000],
])('of Kubernetes %s, a node may be silent for %i ms', (version, nodeMonitorGraceMs) => {
  expect(timingOfVersion(version)).toEqual({ version, nodeMonitorGraceMs })
  expect(resolveTiming({ version }).nodeMonitorGraceMs).toBe(nodeMonitorGraceMs)
})

test.each(['', '1', 'latest', '1.x', 'v', '1.34 or so', '34'])('%j is no version', (version) => {
  expect(() => timingOfVersion(version)).toThrow(UsageError)
  expect(() => timingOfVersion(version)).toThrow('one such as 1.34 or v1.34.4 is expected')
})

test("what is not known of a cluster is Kubernetes' own, of its newest version", () => {
  expect(resolveTiming()).toEqual({
    ...{ nodeMonitorGraceMs: 50_000, nodeMonitorPeriodMs: 5_000, nodeLeaseRenewMs: 10_000 },
    nodeEvictionRate: 0.1,
    ...{ podGcQuarantineMs: 40_000, podGcPeriodMs: 20_000, defaultTolerationSeconds: 300 },
    crashLoopBackOffMaxMs: 300_000,
  })
  expect(resolveTiming({ version: 'unknown' })).toEqual(resolveTiming())
})

test("a cluster's own settings go first, its version's next", () => {
  const given = { version: '1.30', podGcPeriodMs: 1_000, defaultTolerationSeconds: 0 }
  expect(resolveTiming(given)).toEqual({
    ...resolveTiming(),
    ...given,
    version: undefined,
    nodeMonitorGraceMs: 40_000,
  })
  expect(resolveTiming({ version: '1.30', nodeMonitorGraceMs: 16_000 }).nodeMonitorGraceMs).toBe(16_000)
})
