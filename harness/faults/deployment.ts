import type { DeploymentObject, ObjectRef } from '../cluster/kube.ts'
import { UsageError } from '../model/errors.ts'
import type { Workload } from '../workload/workload.ts'

/** A workload's Deployment, by reference and UID, as it was applied last. */
export interface OneDeployment {
  ref: ObjectRef
  uid: string
  object: DeploymentObject
}

/** @throws UsageError where the workload has no Deployment, or several. */
export function deploymentOf(app: Workload, kind: string): OneDeployment {
  const { shape, deployment } = app
  if (!deployment || shape.roots.length !== 1) {
    throw new UsageError(`${app.subject}: ${kind} is done to a workload of one Deployment, which this is not`)
  }
  const { name = '', uid = '' } = deployment.metadata ?? {}
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: shape.namespace, name }
  return { ref, uid, object: deployment }
}
