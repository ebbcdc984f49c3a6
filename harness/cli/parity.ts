import { readResult } from '../../reports/write.ts'
import { UsageError } from '../model/errors.ts'
import type { Result } from '../model/result.ts'
import { compareRuns } from './parity/compare.ts'
import { parityPage } from './parity/print.ts'

/**
 * Lays a simulated run beside one on a real cluster. 0 where they are alike, 1 where not.
 *
 * @throws UsageError where the first is no simulated run, or the second is one.
 */
export async function parityCommand(simulatedFolder: string, realFolder: string): Promise<number> {
  const [simulated, real] = await Promise.all([readResult(simulatedFolder), readResult(realFolder)])
  if (!isSimulated(simulated)) throw new UsageError(`${simulatedFolder}: is no run on a simulated cluster`)
  if (isSimulated(real)) throw new UsageError(`${realFolder}: is no run on a real cluster`)
  const parity = compareRuns(simulated, real)
  console.log(parityPage(parity))
  return parity.scenarios.length > 0 && parity.scenarios.every(({ differences }) => differences.length === 0)
    ? 0
    : 1
}

function isSimulated({ run }: Result): boolean {
  return run.cluster?.provider === 'simulated'
}
