// Holds a run of scenarios/broken against what each title says that it must come to:
//
//   violates <claim>: ...        violated by that claim and no other, with the subject and the time in its message
//   error "<words>": ...         the harness's own error, one sentence that holds these words
//   inconclusive "<words>": ...  not judged, with these words
//
// A scenario that was skipped, for its cluster lacks a capability, is told of and judged on no other grounds.
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
  const judged = scenarios.filter(({ verdict }) => verdict !== 'skipped')
  let failed = 0
  for (const { title, skippedBecause } of scenarios.filter((scenario) => !judged.includes(scenario))) {
    console.log(`skipped ${title}: ${skippedBecause}`)
  }
  for (const scenario of judged) {
    const wrong = wrongWith(scenario)
    if (wrong) failed += 1
    console.log(`${wrong ? 'failed' : 'passed'}  ${scenario.title}${wrong ? `\n  ${wrong}` : ''}`)
  }
  console.log(`${judged.length - failed} passed, ${failed} failed`)
  return failed === 0 && judged.length > 0 ? 0 : 1
})
