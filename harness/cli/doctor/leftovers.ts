import { type FoundCluster, listKindClusters } from '../../cluster/kind/lifecycle.ts'
import { openEntries } from '../../journal/journal.ts'
import { isAlive } from '../../journal/owner.ts'
import { strangerAgeMs } from '../../journal/sweep.ts'
import { fine, type Judgement } from './finding.ts'

/** A cluster that the journal tells of, and whether its run is alive. */
export interface KnownCluster {
  cluster: string
  kept: boolean
  alive: boolean
}

export async function checkLeftovers(): Promise<Judgement> {
  const [found, entries] = await Promise.all([listKindClusters(), openEntries()])
  const known = await Promise.all(
    entries.map(async ({ cluster, kept, owner }) => ({ cluster, kept, alive: await isAlive(owner) })),
  )
  return judgeLeftovers(found, known, Date.now())
}

/** Tells what a sweep would delete. A run sweeps too, so it is no lack. */
export function judgeLeftovers(found: FoundCluster[], known: KnownCluster[], nowMs: number): Judgement {
  const fates = found.map(({ name, createdMs }) => {
    const entry = known.find(({ cluster }) => cluster === name)
    if (!entry) return { name, fate: nowMs - createdMs > strangerAgeMs ? 'dead' : "perhaps another user's" }
    if (entry.alive) return { name, fate: 'of a live run' }
    return { name, fate: entry.kept ? 'kept for reuse' : 'dead' }
  })
  const dead = fates.filter(({ fate }) => fate === 'dead').map(({ name }) => name)
  const others = [...Map.groupBy(fates, ({ fate }) => fate)]
    .filter(([fate]) => fate !== 'dead')
    .map(([fate, { length }]) => `${length} ${fate}`)
  const besides = others.length > 0 ? `; ${others.join(', ')}` : ''
  if (dead.length === 0) return fine(`no cluster of a dead run${besides}`)
  const clusters = dead.length === 1 ? 'cluster' : 'clusters'
  return {
    level: 'warning',
    found: `${dead.length} ${clusters} of dead runs: ${dead.join(', ')}${besides}`,
    remedy: 'npx rolypoly sweep',
  }
}
