import type { KubeObject } from '../../../kube.ts'
import type { KindName } from '../../kinds.ts'
import { isSame } from '../../store.ts'
import { type Flaw, flawsOf } from './flaws.ts'
import { shapeOf } from './objects.ts'

/**
 * What is wrong with an object that a user gives: every field that the model does not honour, and every one of a type
 * or value that Kubernetes would not take.
 *
 * @param before as it is now, where it is there.
 */
export function shapeFlaws(kind: KindName, object: KubeObject, before: KubeObject | undefined): Flaw[] {
  const shape = shapeOf(kind, object)
  if (!shape) return [{ path: 'kind', wrong: `${kind} is written by the cluster itself alone` }]
  const given = kind === 'Service' ? withoutAllocated(object, before) : object
  const parsed = shape.safeParse(given, { reportInput: true })
  return parsed.success ? [] : flawsOf(parsed.error)
}

/** A Service that was read and is written again has the address that it was given. */
function withoutAllocated(object: KubeObject, before: KubeObject | undefined): KubeObject {
  type Addresses = { spec?: { clusterIP?: unknown; clusterIPs?: unknown } }
  const given = (object as Addresses).spec
  const known = (before as Addresses | undefined)?.spec
  if (!given || !known || !isSame(given.clusterIP ?? known.clusterIP, known.clusterIP)) return object
  const { clusterIP, clusterIPs, ...spec } = given
  return { ...object, spec } as KubeObject
}
