import type { Observation, ObservedObject, WatchObservation } from '../../../model/observation.ts'
import { ownPods } from './own-pods.ts'

/** Lists whose items are told apart by a field of theirs, in the place of their numbers. */
const namedBy: Record<string, string> = { conditions: 'type', tolerations: 'key' }

type Fields = Record<string, unknown>

/**
 * The fields that a recording's objects had at some time, each by its path, with its words where it has some. Names, UIDs,
 * times, numbers and the like are `…`, for they are others in each run:
 *
 *     Pod metadata.name: …
 *     Pod status.conditions[Ready].status: False
 *     Pod status.containerStatuses[].restartCount
 *
 * An event is one line. The harness's own pods are left out, and what tells of them.
 */
export function fieldsOf(observations: Observation[]): Set<string> {
  const own = ownPods(observations)
  const plain = plainer(observations)
  const found = new Set<string>()
  for (const seen of observations) {
    if (seen.source !== 'watch' || seen.kind === 'Node') continue
    if (!own.has(subjectOf(seen.object))) collect(seen.object, `${seen.kind} `, seen, plain, found)
  }
  return found
}

function subjectOf(object: ObservedObject): string {
  return (object as { involvedObject?: { uid?: string } }).involvedObject?.uid ?? object.metadata.uid
}

function collect(
  value: unknown,
  path: string,
  seen: WatchObservation,
  plain: (text: string) => string,
  found: Set<string>,
): void {
  const name = /(\w+)$/.exec(path)?.[1] ?? ''
  if (Array.isArray(value)) {
    for (const item of value as Fields[]) {
      const by = namedBy[name]
      collect(item, `${path}[${by === undefined ? '' : (item[by] ?? '')}]`, seen, plain, found)
    }
  } else if (typeof value === 'object' && value !== null) {
    const dot = path.endsWith(' ') ? '' : '.'
    for (const [field, inner] of Object.entries(value))
      collect(inner, `${path}${dot}${field}`, seen, plain, found)
  } else if (value === null || typeof value === 'number') found.add(path)
  // The words of an event belong together, and are told with its reason.
  else if (seen.kind === 'Event' && !path.startsWith('Event metadata'))
    found.add(`${path} of ${seen.object.reason}: ${plain(String(value))}`)
  else found.add(`${path}: ${plain(String(value))}`)
}

const others = [
  /\d{4}-\d\d-\d\dT[\d:.]+Z/,
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/,
  /[0-9a-f]{64}/,
  /\d+(?:\.\d+)*/,
].map(({ source }) => source)

/** Leaves out what is another in each run: the names of objects, and what looks like a time, a UID or a number. */
function plainer(observations: Observation[]): (text: string) => string {
  const names = new Set<string>()
  for (const seen of observations) {
    if (seen.source !== 'watch') continue
    const { name, namespace, labels } = seen.object.metadata as Named
    // What the user has named has the same name in each.
    const isUsers = seen.kind === 'Deployment' || /^[a-z]+$/.test(name)
    for (const one of [isUsers ? undefined : name, namespace, labels?.['pod-template-hash']])
      if (one !== undefined) names.add(one.replace(/[.]/g, '\\.'))
  }
  const longestFirst = [...names].sort((a, b) => b.length - a.length)
  const parts = new RegExp([...longestFirst, ...others].join('|'), 'g')
  const known = new Map<string, string>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const plain = text.replace(parts, '…').replace(/…+(m…s)?/g, '…')
    known.set(text, plain)
    return plain
  }
}

interface Named {
  name: string
  namespace?: string
  labels?: Record<string, string>
}

/** What the model leaves out, or has otherwise, by regular expressions of the fields, and why. */
export const leftOut: [field: RegExp, because: string][] = [
  [/^EndpointSlice (endpoints|ports)$/, 'a list without items is null there, and empty here'],
  [/lastProbeTime$|^Event eventTime$/, 'a field that is always null'],
  [/last-change-trigger-time/, 'it is there for measurements of the network only'],
  [/command\[\]:|rolypoly-\w+:dev/, 'the charts have another image by now'],
  [/^Event message of Unhealthy/, 'how a connection breaks is a race'],
  [/^Service /, 'Services were not watched when the others were recorded'],
  [/of FailedToUpdateEndpointSlices/, 'whether a Service is looked at while a node is missing is a race'],
]
