import type { Chart } from '@rolypoly/harness'

/**
 * The same chart in a namespace that may hold so many pods, those that stop among them.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota
 */
export function podQuota(pods: number, chart: Chart): Chart {
  const quota = {
    ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'pods' } },
    spec: { hard: { pods: String(pods) } },
  }
  return { ...chart, objects: [quota, ...chart.objects] }
}
