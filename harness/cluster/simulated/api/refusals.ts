import { type KubeObject, nameOf, type ObjectRef } from '../../kube.ts'
import { KubeError } from '../../kube-error.ts'
import { type KindName, kinds } from '../kinds.ts'

/** As the API server names a kind in its messages: `pods`, `deployments.apps`. */
export function resourceOf(kind: KindName): string {
  const [group = ''] = kinds[kind].apiVersion.split('/v')
  return [`${kind.toLowerCase()}s`, ...(group === 'v1' ? [] : [group])].join('.')
}

export function notFound(ref: ObjectRef | KubeObject, kind: KindName, name: string): KubeError {
  return new KubeError(nameOf(ref), 404, 'NotFound', `${resourceOf(kind)} "${name}" not found`)
}

export function alreadyExists(object: KubeObject, kind: KindName): KubeError {
  const detail = `${resourceOf(kind)} "${object.metadata?.name}" already exists`
  return new KubeError(nameOf(object), 409, 'AlreadyExists', detail)
}

export function conflict(ref: ObjectRef | KubeObject, kind: KindName, name: string, why: string): KubeError {
  const detail = `Operation cannot be fulfilled on ${resourceOf(kind)} "${name}": ${why}`
  return new KubeError(nameOf(ref), 409, 'Conflict', detail)
}

export function forbidden(
  object: KubeObject | ObjectRef,
  kind: KindName,
  name: string,
  why: string,
): KubeError {
  return new KubeError(nameOf(object), 403, 'Forbidden', `${resourceOf(kind)} "${name}" is forbidden: ${why}`)
}

export function badRequest(subject: string, why: string): KubeError {
  return new KubeError(subject, 400, 'BadRequest', why)
}

/** Of a kind that no simulated cluster has. */
export function unknownKind(apiVersion: string, kind: string): KubeError {
  const detail = 'this cluster has no such kind of object'
  return new KubeError(`${apiVersion}/${kind}`, 404, 'UnknownKind', detail)
}
