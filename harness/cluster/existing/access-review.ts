import { EnvironmentError } from '../../model/errors.ts'
import type { Kube, KubeObject } from '../kube.ts'
import { leastRole, type Permission, permissionsOf, tellPermission } from './rbac.ts'

type Review = KubeObject & { spec: object; status?: { allowed?: boolean } }

/**
 * Which of these the user may not do, as the API server says; nothing is done by asking, and everybody may ask.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export async function notGranted(kube: Kube, permissions: readonly Permission[]): Promise<Permission[]> {
  const answers = await Promise.all(permissions.map((permission) => isGranted(kube, permission)))
  return permissions.filter((_, n) => !answers[n])
}

async function isGranted(kube: Kube, permission: Permission): Promise<boolean> {
  const { verb, apiGroup: group, name } = permission
  const [resource, subresource] = permission.resource.split('/')
  const resourceAttributes = {
    ...{ verb, group, resource, ...(subresource && { subresource }), ...(name !== undefined && { name }) },
  }
  const review: Review = {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
    spec: { resourceAttributes },
  }
  return (await kube.create(review)).status?.allowed === true
}

/**
 * Asks for what every scenario needs before the first is played.
 *
 * @throws EnvironmentError that names each permission that is missing.
 */
export async function refuseUnpermitted(kube: Kube, context: string): Promise<void> {
  const needed = leastRole({ allowNodeFaults: [] }).filter((rule) => rule.needed === 'run')
  const missing = await notGranted(kube, needed.flatMap(permissionsOf))
  const [first] = missing
  if (!first) return
  const others = missing.length > 1 ? `, nor ${missing.length - 1} more` : ''
  throw new EnvironmentError(
    `Cluster ${context}: its user may not ${tellPermission(first)}${others}, which every scenario needs`,
    {
      evidence: missing.map(tellPermission).join('\n'),
      remedy: 'Have what `rolypoly doctor --rbac` prints applied and bound to that user.',
    },
  )
}
