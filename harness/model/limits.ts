/** What a run may hurt. */
export interface Limits {
  /** The run's id: faults hurt only in namespaces whose label `rolypoly.dev/run` has it. */
  run: string
  /** The nodes that may be hurt; `all` where the cluster is the run's own. */
  nodes: 'all' | readonly string[]
  /** So many pods at once, in all of the run's scenarios together; as many as are asked for where absent. */
  atMostHurt?: number
}

/** The label of all that rolypoly makes on a cluster: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels */
export const managedBy = { key: 'app.kubernetes.io/managed-by', value: 'rolypoly' } as const

/** The label of every namespace that a run makes: its id. */
export const runLabel = 'rolypoly.dev/run'

/** A namespace, node or pod with this label, whatever its value, is not hurt on any cluster. */
export const handsOffLabel = 'rolypoly.dev/hands-off'

/** The label of a kind cluster's Lease where the cluster outlives its runs. */
export const keptLabel = 'rolypoly.dev/kept'

/** The label of rolypoly's own pods, beside those that a scenario deploys: `prober`, `probe-proxy`. */
export const roleLabel = 'rolypoly.dev/role'
