// Records on a kind cluster of its own what the simulated cluster's tests are held against, where no scenario shows it:
//
//   node scripts/record-golden.ts <folder> [--simulated] [<play>...]
//
// writes <folder>/recordings/<play>.jsonl, to be slimmed by harness/cluster/simulated/golden/slim.ts. The cluster goes
// afterwards. `--simulated` plays in the model, to try a play out.
import { plays } from '../harness/cluster/simulated/golden/plays.ts'
import { UsageError } from '../harness/model/errors.ts'
import { connect } from '../harness/scenario/connect.ts'
import { playScenario } from '../harness/scenario/play.ts'
import { beginRun, startRun } from '../harness/scenario/run.ts'
import { command, interruption } from './command.ts'

await command('record-golden', async () => {
  const words = process.argv.slice(2)
  const simulated = words.includes('--simulated')
  const [report, ...named] = words.filter((word) => !word.startsWith('--'))
  if (report === undefined) throw new UsageError('No folder was given: name one to write the recordings to')
  const unknown = named.find((name) => !plays[name])
  if (unknown) throw new UsageError(`${unknown}: is no play; there are ${Object.keys(plays).join(', ')}`)

  const signal = interruption()
  const mode = 'normal'
  const run = await beginRun({ report, mode, seed: 1 })
  const started = await startRun(run, {
    ...{ cluster: simulated ? 'simulated' : 'kind', nodes: 3, keep: false, mode },
    ...{ seed: 1, say: (line: string) => console.log(line), signal },
  })
  try {
    let failed = 0
    for (const id of named.length > 0 ? named : Object.keys(plays)) {
      const body = plays[id]
      if (!body) continue
      const { cluster, journal } = await connect(started.info, id)
      await using _ = cluster
      const { error, gaps } = await playScenario({
        ...{ id, title: id, file: `${id}.ts`, exclusive: true, deadline: '12m', body },
        ...{ run: started.info, cluster, journal, signal },
      })
      if (error || gaps.length > 0) failed += 1
      console.log(`${id}: ${error?.message ?? (gaps.length > 0 ? 'its recording has a gap' : 'recorded')}`)
    }
    return failed === 0 ? 0 : 1
  } finally {
    await started.release()
  }
})
