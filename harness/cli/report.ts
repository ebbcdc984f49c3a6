import { resolve } from 'node:path'
import { readResult, writeReports } from '../../reports/write.ts'

/** Makes a run's pages again from its `result.json`. */
export async function reportCommand(folder: string): Promise<void> {
  await writeReports(await readResult(folder), folder)
  console.log(resolve(folder))
}
