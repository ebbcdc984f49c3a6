import { EnvironmentError } from '../model/errors.ts'
import { nameOf, type ObjectRef } from './kube.ts'

/**
 * A name and a namespace become parts of a request's path: one that would lead elsewhere names nothing.
 * k8s.io/apimachinery/pkg/api/validation/path/name.go: IsValidPathSegmentName.
 *
 * @throws EnvironmentError where either could lead elsewhere.
 */
export function refuseStrangeNames(ref: ObjectRef): void {
  for (const name of [ref.namespace, ref.name]) {
    if (name === undefined || !(name === '.' || name === '..' || /[/%?#]/.test(name))) continue
    throw new EnvironmentError(`${nameOf(ref)}: ${JSON.stringify(name)} names no object of Kubernetes`)
  }
}
