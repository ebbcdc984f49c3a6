import type { EndpointSliceObject } from '../../kube.ts'
import { isSame } from '../store.ts'
import type { Endpoint } from './endpoints-of.ts'

/** `--max-endpoints-per-slice` of the controller manager. */
const mostEndpoints = 100

/** What the slices of one set of ports hold from now on, and what those hold that are to be made. */
export interface Placed {
  kept: Map<EndpointSliceObject, Endpoint[]>
  made: Endpoint[][]
}

/**
 * Puts endpoints into slices: each stays in the one that it is in; what is new fills up slices that change anyway, then
 * one that has room for all that are left, then new ones. A slice that comes to nothing is kept empty here.
 * kubernetes/staging/src/k8s.io/endpointslice/reconciler.go: reconcileByPortMapping.
 *
 * @param endpoints by their pods' UIDs
 */
export function place(
  slices: readonly EndpointSliceObject[],
  endpoints: ReadonlyMap<string, Endpoint>,
): Placed {
  const left = new Map(endpoints)
  const kept = new Map<EndpointSliceObject, Endpoint[]>()
  const untouched: Endpoint[][] = []
  const made: Endpoint[][] = []
  const fill = (all: Endpoint[]) => {
    for (const [uid, endpoint] of left) {
      if (all.length >= mostEndpoints) return
      all.push(endpoint)
      left.delete(uid)
    }
  }
  for (const slice of slices) kept.set(slice, stillIn(slice, left))
  for (const [slice, all] of kept) {
    if (all.length === 0) continue
    if (isSame(slice.endpoints ?? [], all)) untouched.push(all)
    else fill(all)
  }
  while (left.size > 0) {
    const room = left.size < mostEndpoints ? fullest(untouched, left.size) : undefined
    const target = room ?? []
    if (!room) made.push(target)
    fill(target)
  }
  return { kept, made }
}

/** Takes them out of what is left. */
function stillIn({ endpoints }: EndpointSliceObject, left: Map<string, Endpoint>): Endpoint[] {
  return (endpoints ?? []).flatMap(({ targetRef }) => {
    const uid = targetRef?.uid ?? ''
    const endpoint = left.get(uid)
    left.delete(uid)
    return endpoint ? [endpoint] : []
  })
}

/** That which is the fullest once so many are added: getSliceToFill. */
function fullest(slices: readonly Endpoint[][], count: number): Endpoint[] | undefined {
  let best: Endpoint[] | undefined
  for (const slice of slices) {
    const fits = slice.length + count <= mostEndpoints
    if (fits && (!best || slice.length > best.length)) best = slice
  }
  return best
}
