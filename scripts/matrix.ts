// Writes docs/matrix.md: the broken workloads of scenarios/broken against the claims, from the runs of them.
//
//   node scripts/matrix.ts [--write <file>] <a run's folder>...
//
// Exit status 0 where each was found by the claim of its title, under a subject of its own, and no healthy subject was
// blamed; 1 where not; 2 for folders that cannot be read or hold no twin. Runs of healthy scenarios may be given too:
// what is claimed there counts among the healthy subjects.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { UsageError } from '../harness/model/errors.ts'
import { readResult } from '../reports/write.ts'
import { command } from './command.ts'
import { isAsItMustBe, matrixPage, summary } from './matrix/document.ts'
import { matrixOf } from './matrix/judge.ts'

const usual = fileURLToPath(new URL('../docs/matrix.md', import.meta.url))

await command('matrix', async () => {
  const { values, positionals: folders } = parseArgs({
    options: { write: { type: 'string', default: usual } },
    allowPositionals: true,
  })
  if (folders.length === 0)
    throw new UsageError('No folder was given: name those of runs of scenarios/broken')
  const results = await Promise.all(folders.map(readResult))
  const matrix = matrixOf(results)
  if (matrix.rows.length === 0) {
    throw new UsageError(
      `${folders.join(', ')}: no scenario there has a title that begins with "violates <claim>:"`,
    )
  }
  await writeFile(values.write, matrixPage(matrix, results, `node scripts/matrix.ts ${folders.join(' ')}`))
  console.log(summary(matrix))
  for (const { broken, wrong } of matrix.rows) if (wrong !== undefined) console.error(`${broken}: ${wrong}`)
  for (const message of matrix.blamed) console.error(`blamed without cause: ${message}`)
  console.log(values.write)
  return isAsItMustBe(matrix) ? 0 : 1
})
