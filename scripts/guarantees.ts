// Writes docs/guarantees.md: each promise with its scenario, faults and claims, Kubernetes' own source, and the time seen.
//
//   node scripts/guarantees.ts [--write <file>] <the run's folder>
//
// Exit status 0 where every promise that was judged was kept, 1 where not, 2 for a folder that cannot be read.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { UsageError } from '../harness/model/errors.ts'
import { readResult } from '../reports/write.ts'
import { command } from './command.ts'
import { guaranteesPage } from './guarantees/document.ts'
import { sources } from './guarantees/sources.ts'

const usual = fileURLToPath(new URL('../docs/guarantees.md', import.meta.url))

await command('guarantees', async () => {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'string', default: usual } },
    allowPositionals: true,
  })
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1)
    throw new UsageError('One folder is expected: name that of a run of all scenarios')
  const result = await readResult(folder)
  await writeFile(values.write, guaranteesPage(result, sources, `node scripts/guarantees.ts ${folder}`))
  console.log(values.write)
  return result.scenarios.every(({ verdict }) => verdict === 'passed' || verdict === 'skipped') ? 0 : 1
})
