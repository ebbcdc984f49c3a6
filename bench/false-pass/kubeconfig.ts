import { UsageError } from '../../harness/model/errors.ts'
import type { ClusterAccess } from '../../harness/scenario/run-info.ts'

/** What `kubectl` needs to reach the run's cluster. */
export function kubeconfigOf(access: ClusterAccess): string {
  if (access.provider === 'kind') return access.kubeconfig
  throw new UsageError('kubectl waits on a real cluster only')
}
