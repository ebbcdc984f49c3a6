// Holds a run of scenarios/broken against what each title says that it must come to:
//
//   violates <claim>: ...        violated by that claim and no other, with the subject and the time in its message
//   error "<words>": ...         the harness's own error, one sentence that holds these words
//   inconclusive "<words>": ...  not judged, with these words
//
//   node scripts/check-twins.ts <the run's folder>
import { UsageError } from '../harness/model/errors.ts'
import { readResult } from '../reports/write.ts'
import { command } from './command.ts'
import { wrongWith } from './twins.ts'

await command('check-twins', async () => {
  const [folder] = process.argv.slice(2)
  if (folder === undefined)
    throw new UsageError('No folder was given: name that of a run of scenarios/broken')
  const { scenarios } = await readResult(folder)
  let failed = 0
  for (const scenario of scenarios) {
    const wrong = wrongWith(scenario)
    if (wrong) failed += 1
    console.log(`${wrong ? 'failed' : 'passed'}  ${scenario.title}${wrong ? `\n  ${wrong}` : ''}`)
  }
  console.log(`${scenarios.length - failed} passed, ${failed} failed`)
  return failed === 0 && scenarios.length > 0 ? 0 : 1
})
