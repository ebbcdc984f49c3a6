import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Observation } from '../../../model/observation.ts'
import type { ScenarioBody } from '../../../scenario/context.ts'
import { describeCluster } from '../../../scenario/describe.ts'
import { playScenario } from '../../../scenario/play.ts'
import { noJournal } from '../../act-journal.ts'
import { simulatedCluster, simulatedHelper } from '../provider.ts'

/** A scenario ends as soon as its claims are settled, which nothing that comes late must hide. */
const afterwardsMs = 10_000

/**
 * Plays a scenario's body in the model and gives what was seen, then and for a while after.
 *
 * @throws Error where the harness itself failed.
 */
export async function played(id: string, body: ScenarioBody, seed: number): Promise<Observation[]> {
  await using cluster = await simulatedCluster({ name: 'golden', nodes: 3, seed: `${seed} ${id}` })
  const { timing } = await describeCluster(cluster)
  const longer: ScenarioBody = async (context) => {
    await body(context)
    await cluster.clock.sleep(afterwardsMs)
  }
  const folder = await mkdtemp(join(tmpdir(), 'rolypoly-golden-'))
  try {
    const { error } = await playScenario({
      ...{ id, title: id, file: `${id}.ts`, exclusive: true, deadline: '12m', body: longer },
      ...{ cluster, journal: noJournal },
      signal: new AbortController().signal,
      run: {
        ...{ id: 'golden', folder, mode: 'normal', timing, helperImage: simulatedHelper, stopLine: '' },
        cluster: { provider: 'simulated', name: 'golden', seed, nodes: 3 },
      },
    })
    if (error) throw new Error(`${id}, seed ${seed}: ${error.message}`)
    const lines = (await readFile(join(folder, 'recordings', `${id}.jsonl`), 'utf8'))
      .split('\n')
      .filter(Boolean)
    return lines.map((line) => JSON.parse(line))
  } finally {
    await rm(folder, { recursive: true })
  }
}
