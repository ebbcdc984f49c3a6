import type { KubeObject } from '../../kube.ts'

/** `namespace/name`, as controllers' queues have it. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
}

/** The reverse: its namespace and its name. */
export function splitKey(key: string): [namespace: string, name: string] {
  const at = key.indexOf('/')
  return [key.slice(0, at), key.slice(at + 1)]
}

/** Under this the objects of a namespace that nobody controls are found in an index by controller. */
export function orphansOf(namespace: string): string {
  return `orphans ${namespace}`
}
