import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { readResult } from '../../reports/write.ts'
import type { Result, ScenarioResult } from '../model/result.ts'

/** So many earlier runs are looked at: the last night's is among them, or there is none. */
const lookedAt = 20

/**
 * Puts beside each stop the one of an earlier run: that of the same scenario in the newest finished run whose folder
 * lies beside this one's. Folders that hold no run are passed over.
 */
export async function withStopsBefore(
  scenarios: ScenarioResult[],
  folder: string,
): Promise<ScenarioResult[]> {
  if (!scenarios.some(({ shutdowns }) => shutdowns)) return scenarios
  const earlier = await runsBeside(folder)
  return scenarios.map((scenario) => {
    if (!scenario.shutdowns) return scenario
    for (const { run, scenarios: others } of earlier) {
      const stops = others.find(({ id }) => id === scenario.id)?.shutdowns
      if (!stops) continue
      const shutdowns = scenario.shutdowns.map((stop, n) => {
        const { before: _, ...then } = ofContainer(stops, stop.container)[nth(scenario, n)] ?? {}
        return 'subject' in then ? { ...stop, before: { ...then, run: run.id } } : stop
      })
      return { ...scenario, shutdowns }
    }
    return scenario
  })
}

type Stops = NonNullable<ScenarioResult['shutdowns']>

function ofContainer(stops: Stops, name: string): Stops {
  return stops.filter(({ container }) => container === name)
}

/** Which of the stops of its container this is: pods have other names in every run. */
function nth({ shutdowns = [] }: ScenarioResult, at: number): number {
  return ofContainer(shutdowns.slice(0, at), shutdowns[at]?.container ?? '').length
}

async function runsBeside(folder: string): Promise<Result[]> {
  const own = resolve(folder)
  const beside = dirname(own)
  const names = await readdir(beside)
  const dated = await Promise.all(
    names.map(async (name) => {
      const path = join(beside, name)
      const written = await stat(join(path, 'result.json')).catch(() => undefined)
      return written && path !== own ? [{ path, ms: written.mtimeMs }] : []
    }),
  )
  const newest = dated.flat().sort((a, b) => b.ms - a.ms)
  const read = newest.slice(0, lookedAt).map(({ path }) => readResult(path).catch(() => undefined))
  const results = await Promise.all(read)
  return results.filter((result) => result?.run.mode === 'normal').filter((result) => result !== undefined)
}
