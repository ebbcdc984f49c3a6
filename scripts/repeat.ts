// Runs the same scenarios many times on one kept cluster, and tells what came of it as Markdown.
//
//   node scripts/repeat.ts --times 30 [--busy-half] --into <folder> [--write <file>.md] [filters...]
//   node scripts/repeat.ts --tell --into <folder> [--write <file>.md]
//
// Each run goes into <folder>/<nn>-quiet or <nn>-busy; one that is there is not made again, so that what was stopped goes
// on where it stopped. With --busy-half every second run is a busy one, with a process for each core that keeps it busy.
// --tell only tells of the runs that are there. Exit status 0; 1 where a verdict was wrong; 2 where a run could not be
// made or read; 130 where it was stopped.
import { mkdir, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../harness/model/errors.ts'
import { command, interrupted, interruption, wholeNumber } from './command.ts'
import { repeatedPage, tellLoad } from './repeat/document.ts'
import { isMade, makeRun, type Series } from './repeat/play.ts'
import { type Planned, planOf, readRuns } from './repeat/runs.ts'
import { isWrong } from './repeat/statistics.ts'

await command('repeat', async () => {
  const { values, positionals: filters } = parseArgs({
    options: {
      times: { type: 'string' },
      'busy-half': { type: 'boolean', default: false },
      into: { type: 'string' },
      tell: { type: 'boolean', default: false },
      write: { type: 'string' },
    },
    allowPositionals: true,
  })
  const { into, write } = values
  if (into === undefined) throw new UsageError('--into is missing: name the folder that holds the runs')
  if (values.tell) return tell(into, write)

  const plan = planOf(wholeNumber('times', values.times), values['busy-half'])
  const stop = interruption()
  const series: Series = { into: resolve(into), filters, stop }
  await mkdir(series.into, { recursive: true })
  try {
    await makeAll(series, plan)
  } catch (error) {
    if (!stop.aborted) throw error
    console.error('repeat: stopped; the same command goes on from here')
    return interrupted
  }
  return tell(into, write)
})

async function makeAll(series: Series, plan: Planned[]): Promise<void> {
  for (const planned of plan.filter((one) => !isMade(series, one))) {
    series.stop.throwIfAborted()
    const began = performance.now()
    const under = await makeRun(series, planned)
    const took = `${((performance.now() - began) / 1_000).toFixed(0)} s`
    console.error(`${planned.name}: done in ${took}; before it ${tellLoad(under)}`)
  }
}

async function tell(into: string, write: string | undefined): Promise<number> {
  const runs = await readRuns(into)
  const page = repeatedPage(runs, into)
  if (write === undefined) process.stdout.write(page)
  else await writeFile(write, page)
  return runs.some(({ result }) => result.scenarios.some(isWrong)) ? 1 : 0
}
