import type { ExistingAccess } from '../cluster/existing/cluster.ts'

/** What a user says of a cluster that the run does not make. */
export interface ExistingOptions {
  context?: string
  kubeconfig?: string
  /** The image of rolypoly's own pods, which the cluster has or can pull. */
  helperImage?: string
  /** The images that charts build have been brought there under their names. */
  imagesPresent: boolean
  /** The nodes that may be hurt. */
  allowNodeFaults: string[]
  allowPrivileged: boolean
  /** So many pods at once. */
  atMostHurt: number
}

/** How a worker reaches it, and what it may do there. */
export function accessOf(
  { context = '', kubeconfig, allowNodeFaults, allowPrivileged, imagesPresent }: ExistingOptions,
  run: string,
): ExistingAccess {
  return {
    ...{ context, ...(kubeconfig !== undefined && { kubeconfig }) },
    ...{ run, writableNodes: allowNodeFaults, allowPrivileged, imagesPresent },
  }
}
