import { z } from 'zod'
import type { Kube, PodObject } from '../cluster/kube.ts'
import { parseLine } from '../cluster/lines.ts'
import type { ClusterTiming } from '../model/cluster-timing.ts'
import { resolveTiming, timingOfVersion } from '../model/cluster-timing.ts'
import { formatMs } from '../model/duration.ts'

const configz = z.object({
  kubeletconfig: z.object({
    crashLoopBackOff: z.object({ maxContainerRestartPeriod: z.string().optional() }).optional(),
  }),
})

/**
 * The cluster's settings that bear on time: those of its version, unless the kubelet's configuration or the flags of
 * the controller manager say otherwise. What cannot be read is taken to be Kubernetes' own.
 */
export async function readTiming(kube: Kube, version: string, node: string): Promise<ClusterTiming> {
  const [backOffMs, flags] = await Promise.all([backOffLimit(kube, node), managerFlags(kube)])
  const graceMs = goDuration(flags.get('node-monitor-grace-period'))
  const periodMs = goDuration(flags.get('node-monitor-period'))
  const rate = Number(flags.get('node-eviction-rate') || Number.NaN)
  return {
    ...timingOfVersion(version),
    ...(backOffMs !== undefined && { crashLoopBackOffMaxMs: backOffMs }),
    ...(graceMs !== undefined && { nodeMonitorGraceMs: graceMs }),
    ...(periodMs !== undefined && { nodeMonitorPeriodMs: periodMs }),
    ...(rate >= 0 && { nodeEvictionRate: rate }),
  }
}

/** The same as words, for the report. */
export function tellTiming(timing: ClusterTiming): Record<string, string> {
  const { nodeMonitorGraceMs, nodeMonitorPeriodMs, nodeLeaseRenewMs, ...other } = resolveTiming(timing)
  return {
    'node monitor grace period': formatMs(nodeMonitorGraceMs),
    'node monitor period': formatMs(nodeMonitorPeriodMs),
    'node lease renewal': formatMs(nodeLeaseRenewMs),
    'nodes tainted in a second': String(other.nodeEvictionRate),
    'PodGC quarantine': formatMs(other.podGcQuarantineMs),
    'PodGC period': formatMs(other.podGcPeriodMs),
    'default tolerationSeconds': String(other.defaultTolerationSeconds),
    'longest back-off': formatMs(other.crashLoopBackOffMaxMs),
  }
}

async function backOffLimit(kube: Kube, node: string): Promise<number | undefined> {
  const text = await kube.raw(`/api/v1/nodes/${node}/proxy/configz`).catch(() => '{}')
  return goDuration(parseLine(configz, text)?.kubeletconfig.crashLoopBackOff?.maxContainerRestartPeriod)
}

/** The flags of the controller manager, where it is a pod that can be looked at. */
async function managerFlags(kube: Kube): Promise<Map<string, string>> {
  const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system' }
  const labelSelector = 'component=kube-controller-manager'
  const found = await kube.list<PodObject>({ ...pods, labelSelector }).catch(() => undefined)
  const [container] = found?.items[0]?.spec?.containers ?? []
  const words = [...(container?.command ?? []), ...(container?.args ?? [])]
  const flags = words.map((word) => /^--([^=]+)=(.*)$/.exec(word))
  return new Map(flags.flatMap((flag) => (flag ? [[flag[1] ?? '', flag[2] ?? '']] : [])))
}

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Go's way to write a duration, as `1m30s`, in milliseconds; undefined for anything else. */
export function goDuration(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  const ms = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ''] ?? 0), 0)
  return Number.isFinite(ms) ? ms : undefined
}
