import { isDeepStrictEqual } from 'node:util'
import type { Observation, ObservedObject, WatchObservation } from '../../../model/observation.ts'
import { mergePatch } from '../api/merge.ts'

/** A line of a packed recording: of an object that was seen before there is only what has changed. */
export type PackedLine = Observation | (Omit<WatchObservation, 'object'> & { uid: string; change: Fields })

type Fields = { [field: string]: unknown }

/**
 * Objects as JSON merge patches of what was last seen of them, https://www.rfc-editor.org/rfc/rfc7386, but for those that
 * such a patch cannot make:
 *
 *     ADDED     object: {metadata: {uid: 'a', …}, status: {phase: 'Pending'}}
 *     MODIFIED  uid: 'a', change: {status: {phase: 'Running'}}
 */
export function pack(observations: Observation[]): PackedLine[] {
  const last = new Map<string, ObservedObject>()
  return observations.map((seen) => {
    if (seen.source !== 'watch') return seen
    const { object, ...of } = seen
    const { uid } = object.metadata
    const before = last.get(uid)
    last.set(uid, object)
    const change = before && changeOf(before, object)
    return change && isDeepStrictEqual(mergePatch(before, change), object) ? { ...of, uid, change } : seen
  })
}

/** The observations that were packed. */
export function unpack(lines: PackedLine[]): Observation[] {
  const last = new Map<string, ObservedObject>()
  return lines.map((line) => {
    if (line.source !== 'watch') return line
    const seen = 'change' in line ? whole(line, last.get(line.uid)) : line
    last.set(seen.object.metadata.uid, seen.object)
    return seen
  })
}

function whole(
  { uid: _, change, ...of }: Extract<PackedLine, { change: Fields }>,
  before: ObservedObject | undefined,
): WatchObservation {
  return { ...of, object: mergePatch(before, change) as ObservedObject }
}

function changeOf(before: Fields, after: Fields): Fields {
  const change: Fields = {}
  for (const name of Object.keys(before)) if (!(name in after)) change[name] = null
  for (const [name, value] of Object.entries(after)) {
    const old = before[name]
    if (!isDeepStrictEqual(old, value))
      change[name] = isFields(old) && isFields(value) ? changeOf(old, value) : value
  }
  return change
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
