import { roleLabel } from '../../../model/limits.ts'
import type { Observation } from '../../../model/observation.ts'

/** The UIDs of the pods that the harness itself runs: they belong to no story. */
export function ownPods(observations: Observation[]): Set<string> {
  return new Set(
    observations.flatMap((seen) => {
      if (seen.source !== 'watch' || seen.kind !== 'Pod') return []
      const { uid, labels } = seen.object.metadata as { uid: string; labels?: Record<string, string> }
      return labels?.[roleLabel] === undefined ? [] : [uid]
    }),
  )
}
