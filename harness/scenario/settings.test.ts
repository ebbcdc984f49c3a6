import { describe, expect, test } from 'vitest'
import type { Kube, KubeObject } from '../cluster/kube.ts'
import { goDuration, readTiming, tellTiming } from './settings.ts'

const kubeOf = (configz: string | Error, command: string[]) =>
  ({
    raw: async () => {
      if (configz instanceof Error) throw configz
      return configz
    },
    list: async () => ({
      items: [{ spec: { containers: [{ command }] } } as KubeObject],
      resourceVersion: '1',
    }),
  }) as unknown as Kube

test.each([
  ['1m0s', 60_000],
  ['50s', 50_000],
  ['1h1m1.5s', 3_661_500],
  ['300ms', 300],
  ['5 minutes', undefined],
  ['', undefined],
  [undefined, undefined],
])("Go's %s is %s ms", (text, ms) => {
  expect(goDuration(text)).toBe(ms)
})

describe("a cluster's timing", () => {
  test('is that of its version, where nobody says otherwise', async () => {
    const timing = await readTiming(kubeOf(new Error('forbidden'), []), 'v1.31.2', 'worker')
    expect(timing).toEqual({ version: 'v1.31.2', nodeMonitorGraceMs: 40_000 })
  })

  test('is what its kubelet and its controller manager were told', async () => {
    const configz = JSON.stringify({
      kubeletconfig: { crashLoopBackOff: { maxContainerRestartPeriod: '1m0s' } },
    })
    const flags = ['kube-controller-manager', '--node-monitor-grace-period=16s', '--node-monitor-period=2s']
    flags.push('--node-eviction-rate=0.5')
    const timing = await readTiming(kubeOf(configz, flags), 'v1.35.0', 'worker')
    expect(timing).toMatchObject({
      nodeMonitorGraceMs: 16_000,
      nodeMonitorPeriodMs: 2_000,
      nodeEvictionRate: 0.5,
    })
    expect(timing.crashLoopBackOffMaxMs).toBe(60_000)
    expect(tellTiming(timing)).toMatchObject({
      'node monitor grace period': '16.0 s',
      'longest back-off': '60.0 s',
      'default tolerationSeconds': '300',
    })
  })
})
