// Plays 24 shared scenarios at once on one cluster, healthy ones and broken twins, alike in names, labels and ports, and
// looks for cross-talk: each must come to what its title says, and know of its own namespace alone.
//
//   node scripts/concurrent.ts <folder for the report> [<options of rolypoly run>]      as --cluster kind --nodes 2 --keep
//
// What was not judged, for the machine was too slow, is no wrong verdict: it is counted. Exit status: 0 none was wrong and at
// least half was judged, 1 otherwise.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tryRun } from '../harness/cluster/process.ts'
import { UsageError } from '../harness/model/errors.ts'
import type { ScenarioResult } from '../harness/model/result.ts'
import { readResult } from '../reports/write.ts'
import { command } from './command.ts'
import { crossTalk, mostAtOnce } from './concurrent/cross-talk.ts'
import { plays } from './concurrent/plays.ts'
import { wrongWith } from './twins.ts'

const count = 24
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

await command('concurrent', async () => {
  const [report, ...options] = process.argv.slice(2)
  if (report === undefined || report.startsWith('-'))
    throw new UsageError('No folder was given: name one for the report, before any option')
  const runs = here('../reports/runs')
  await mkdir(runs, { recursive: true })
  const folder = await mkdtemp(join(runs, 'concurrent-'))
  try {
    return await play(folder, resolve(report), options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

async function play(folder: string, report: string, options: string[]): Promise<number> {
  await mkdir(join(folder, 'scenarios'))
  for (let n = 0; n < count; n++) {
    const path = join(folder, 'scenarios', `at-once-${String(n + 1).padStart(2, '0')}.scenario.ts`)
    await writeFile(path, sourceOf(n))
  }
  const args = [here('../harness/cli/main.ts'), 'run', ...options, '--report', report]
  const outcome = await tryRun(process.execPath, args, {
    ...{ cwd: folder, env: { ROLYPOLY_AT_ONCE: String(count) }, onLine: (line) => console.log(line) },
  })
  const { scenarios } = await readResult(report)
  const recorded = new Map(await Promise.all(scenarios.map((one) => recordingOf(report, one))))
  const isJudged = ({ verdict }: ScenarioResult) => verdict !== 'inconclusive'
  const judged = scenarios.filter(isJudged)
  const again = scenarios.filter(({ playedAgain }) => playedAgain !== undefined)
  const wrong = [
    ...(scenarios.length === count ? [] : [`${scenarios.length} scenarios were played, not ${count}`]),
    ...judged.flatMap(wrongVerdict),
    ...crossTalk(scenarios, recorded),
    ...(judged.length < count / 2 ? [`no more than ${judged.length} of ${count} were judged`] : []),
  ]
  for (const line of wrong) console.log(`wrong: ${line}`)
  const told = [
    `${mostAtOnce(scenarios)} at once`,
    `${judged.length} of ${scenarios.length} judged, ${again.length} of them at the second time`,
    `${wrong.length} wrong`,
    `exit status ${outcome.exitCode}`,
  ]
  console.log(told.join('; '))
  return wrong.length === 0 ? 0 : 1
}

/** Each is a file: those are what is played beside each other. */
function sourceOf(n: number): string {
  return `import { scenario } from '@rolypoly/harness'
import { plays } from ${JSON.stringify(here('concurrent/plays.ts'))}

const play = plays[${n % plays.length}]
scenario(\`\${play.title}, ${n + 1}\`, play.body)
`
}

async function recordingOf(report: string, { id, recording }: ScenarioResult): Promise<[string, string[]]> {
  const text = recording ? await readFile(join(report, recording), 'utf8') : ''
  return [id, text.split('\n').filter(Boolean)]
}

function wrongVerdict(scenario: ScenarioResult): string[] {
  const { title, verdict, error } = scenario
  const wrong = title.startsWith('violates ')
    ? wrongWith(scenario)
    : verdict !== 'passed' && `is ${verdict}, and passed was expected: ${error?.message ?? ''}`
  return wrong ? [`${title}: ${wrong}`] : []
}
