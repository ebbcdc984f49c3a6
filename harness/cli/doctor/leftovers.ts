import { type Fate, fateOf } from '../../journal/fate.ts'
import { knownClusters, withHolder } from '../../journal/known.ts'
import { counted } from '../../model/counted.ts'
import { fine, type Judgement } from './finding.ts'

export async function checkLeftovers(): Promise<Judgement> {
  // Only told, so the Leases are not watched: a sweep does before it acts.
  const known = await Promise.all((await knownClusters()).map((cluster) => withHolder(cluster, 0)))
  return judgeLeftovers(known.map((cluster) => ({ name: cluster.name, fate: fateOf(cluster, Date.now()) })))
}

/** Tells what a sweep would undo. A run sweeps too, so it is no lack. */
export function judgeLeftovers(clusters: { name: string; fate: Fate }[]): Judgement {
  const isDead = ({ fate }: { fate: Fate }) => fate === 'dead' || fate === 'to be mended'
  const dead = clusters.filter(isDead).map(({ name }) => name)
  const others = clusters.filter((cluster) => !isDead(cluster) && cluster.fate !== 'gone')
  const told = [...Map.groupBy(others, ({ fate }) => fate)].map(([fate, { length }]) => `${length} ${fate}`)
  const besides = told.length > 0 ? `; ${told.join(', ')}` : ''
  if (dead.length === 0) return fine(`no cluster of a dead run${besides}`)
  return {
    level: 'warning',
    found: `${counted(dead.length, 'cluster')} of dead runs: ${dead.join(', ')}${besides}`,
    remedy: 'npx rolypoly sweep',
  }
}
