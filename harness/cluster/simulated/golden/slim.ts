/**
 * Makes a golden recording of one from a real cluster:
 *
 *     node harness/cluster/simulated/golden/slim.ts <case> <recording.jsonl>
 *
 * writes `recordings/<case>.jsonl`: without traffic, without the harness's own pods, of Nodes only what is read of them,
 * and packed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Observation, ObservedObject } from '../../../model/observation.ts'
import type { NodeObject } from '../../kube.ts'
import { ownPods } from './own-pods.ts'
import { pack, unpack } from './packing.ts'

const left = new Set(['traffic', 'route', 'noise'])

function slim(observations: Observation[]): Observation[] {
  const own = ownPods(observations)
  return observations.flatMap((seen): Observation[] => {
    if (left.has(seen.source)) return []
    if (seen.source !== 'watch') return [seen]
    const { kind, object } = seen
    const of = (object as { involvedObject?: { uid?: string } }).involvedObject?.uid ?? object.metadata.uid
    if (own.has(of)) return []
    return [kind === 'Node' ? { ...seen, object: slimNode(object) } : seen]
  })
}

function slimNode(object: ObservedObject): ObservedObject {
  const { spec, status } = object as NodeObject
  const { name, uid, resourceVersion = '' } = object.metadata
  const conditions = status?.conditions?.filter(({ type }) => type === 'Ready')
  return { metadata: { name, uid, resourceVersion }, spec: { taints: spec?.taints }, status: { conditions } }
}

const [name, source] = process.argv.slice(2)
if (!name || !source) throw new TypeError('slim.ts <case> <recording.jsonl>')
const lines = readFileSync(source, 'utf8').split('\n').filter(Boolean)
const slimmed: Observation[] = slim(lines.map((line) => JSON.parse(line)))
const packed = pack(slimmed).map((line) => JSON.stringify(line))
const again = unpack(packed.map((line) => JSON.parse(line)))
if (!isDeepStrictEqual(again, JSON.parse(JSON.stringify(slimmed))))
  throw new Error(`${name}: is another recording once it is packed`)
writeFileSync(new URL(`recordings/${name}.jsonl`, import.meta.url), `${packed.join('\n')}\n`)
