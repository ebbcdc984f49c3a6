import type { DeploymentObject, ReplicaSetObject } from '../cluster/kube.ts'
import { UsageError } from '../model/errors.ts'
import type { Workload } from '../workload/workload.ts'
import { deploymentOf } from './deployment.ts'
import type { Fault } from './fault.ts'
import { mergeDiff } from './merge-diff.ts'
import { change } from './roll-out.ts'

type Template = NonNullable<NonNullable<DeploymentObject['spec']>['template']>

const revisionAnnotation = 'deployment.kubernetes.io/revision'
const hashLabel = 'pod-template-hash'

/**
 * Gives a workload's Deployment the template of its revision before, as `kubectl rollout undo` does.
 * kubernetes/staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollback.go
 *
 * @throws UsageError where the workload is not one Deployment, or, when it is injected, where it is paused, or has had
 *   no revision before.
 */
export function rollBack(app: Workload): Fault {
  const { ref, uid } = deploymentOf(app, 'rollBack')
  return change('rollBack', app, async () => {
    const { kube } = app.stage.cluster
    const { namespace } = app.shape
    const deployment = await kube.get<DeploymentObject>(ref)
    if (deployment?.spec?.paused)
      throw new UsageError(`${app.subject}: is paused, so it cannot be rolled back`)
    const sets = await kube.list<ReplicaSetObject>({ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace })
    const template = templateBefore(sets.items, uid)
    if (!template) throw new UsageError(`${app.subject}: has had no revision before this one`)
    const patch = { spec: { template: mergeDiff(deployment?.spec?.template ?? {}, template) } }
    return [await kube.patch<DeploymentObject>(ref, patch)]
  })
}

/** The template of the second newest revision of a Deployment, without what its controller put there. */
export function templateBefore(sets: ReplicaSetObject[], deploymentUid: string): Template | undefined {
  const revisionOf = ({ metadata }: ReplicaSetObject) =>
    Number(metadata?.annotations?.[revisionAnnotation] ?? 0)
  const isOwned = ({ metadata }: ReplicaSetObject) =>
    metadata?.ownerReferences?.some((owner) => owner.controller && owner.uid === deploymentUid) === true
  const [, before] = sets.filter(isOwned).sort((a, b) => revisionOf(b) - revisionOf(a))
  const template = before?.spec?.template
  if (!template) return undefined
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}
