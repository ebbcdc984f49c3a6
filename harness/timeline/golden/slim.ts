/**
 * Makes a golden case of a recording from a real cluster:
 *
 *     node harness/timeline/golden/slim.ts <case> <recording.jsonl>
 *
 * writes `<case>/recording.jsonl`, without the answered requests and without the fields that no reducer reads, and
 * `<case>/intervals.json`, what the reducers make of it, to be read before it is committed. Refuses where the slim
 * recording does not come to the same intervals as the full one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Observation, ObservedObject, WatchedKind } from '../../model/observation.ts'
import { intervalsOf } from '../reduce.ts'
import { readRecording, tellInterval } from '../testing.ts'

/** What is kept of an object: `true` for all of it, a shape for its fields or, of a list, those of its items. */
type Shape = true | 'only Ready' | { [field: string]: Shape }

const metadata: Shape = {
  name: true,
  namespace: true,
  uid: true,
  labels: true,
  deletionTimestamp: true,
  deletionGracePeriodSeconds: true,
  ownerReferences: { kind: true, name: true, uid: true, controller: true },
}
const reference: Shape = { kind: true, namespace: true, name: true, uid: true, fieldPath: true }
const containers: Shape = {
  name: true,
  containerID: true,
  restartCount: true,
  state: true,
  lastState: true,
}
const replicated: Shape = {
  metadata,
  spec: { replicas: true },
  status: { replicas: true, updatedReplicas: true, readyReplicas: true, availableReplicas: true },
}

const kept: Record<WatchedKind, Shape> = {
  PodDisruptionBudget: true,
  Pod: {
    metadata,
    spec: { nodeName: true },
    status: {
      phase: true,
      reason: true,
      podIP: true,
      conditions: 'only Ready',
      containerStatuses: containers,
      initContainerStatuses: containers,
    },
  },
  EndpointSlice: { metadata, endpoints: { addresses: true, conditions: true, targetRef: reference } },
  Event: {
    metadata: { name: true, namespace: true, uid: true },
    involvedObject: reference,
    reason: true,
    type: true,
    message: true,
    count: true,
  },
  Deployment: replicated,
  ReplicaSet: replicated,
  Job: { metadata, status: { active: true, succeeded: true, failed: true, conditions: true } },
  Service: { metadata, spec: { clusterIP: true, ports: true } },
  Node: {
    metadata: { name: true, uid: true },
    spec: { unschedulable: true, taints: true },
    status: { conditions: 'only Ready' },
  },
}

function pick(value: unknown, shape: Shape): unknown {
  if (shape === true || typeof value !== 'object' || value === null) return value
  if (shape === 'only Ready') return (value as Condition[]).flatMap(short)
  if (Array.isArray(value)) return value.map((item) => pick(item, shape))
  const fields = value as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(shape).flatMap(([name, inner]) =>
      fields[name] === undefined ? [] : [[name, pick(fields[name], inner)]],
    ),
  )
}

interface Condition {
  type: string
  status: string
  reason?: string
}

function short({ type, status, reason }: Condition): Condition[] {
  if (type === 'DisruptionTarget') return [{ type, status, ...(reason !== undefined && { reason }) }]
  return type === 'Ready' ? [{ type, status }] : []
}

function slim(observation: Observation): Observation[] {
  if (observation.source === 'traffic' && observation.lost === undefined) return []
  if (observation.source !== 'watch') return [observation]
  return [{ ...observation, object: pick(observation.object, kept[observation.kind]) as ObservedObject }]
}

const [name, source] = process.argv.slice(2)
if (!name || !source) throw new TypeError('slim.ts <case> <recording.jsonl>')
const full = readRecording(source)
const slimmed = full.flatMap(slim)
const intervals = intervalsOf(slimmed)
if (!isDeepStrictEqual(intervals, intervalsOf(full)))
  throw new Error(`${name}: a field that is read was dropped`)

const folder = new URL(`${name}/`, import.meta.url)
mkdirSync(folder, { recursive: true })
const lines = slimmed.map((observation) => `${JSON.stringify(observation)}\n`)
writeFileSync(new URL('recording.jsonl', folder), lines.join(''))
writeFileSync(new URL('intervals.json', folder), `${JSON.stringify(intervals.map(tellInterval), null, 2)}\n`)
