import type { Toleration } from './kubia/chart.ts'

/**
 * How long pods stay bound to a node that is lost: 5 s where time is short, and Kubernetes' own 300 s in a nightly run
 * (`ROLYPOLY_NIGHTLY=1`), which a spec that says nothing gets.
 */
export function lostNodeToleration(): { tolerationSeconds?: number } {
  return isNightly() ? {} : { tolerationSeconds: 5 }
}

/** The same as a pod's tolerations: none of its own in a nightly run. */
export function lostNodeTolerations(): { tolerations?: Toleration[] } {
  const { tolerationSeconds } = lostNodeToleration()
  if (tolerationSeconds === undefined) return {}
  const states = ['not-ready', 'unreachable']
  const tolerations = states.map(
    (state): Toleration => ({
      ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute' },
      tolerationSeconds,
    }),
  )
  return { tolerations }
}

/** A run that takes the time it needs. */
export function isNightly(): boolean {
  return process.env.ROLYPOLY_NIGHTLY === '1'
}
