import type { TestProject } from 'vitest/node'
import { activeRun, beginActiveRun, bringUp, release } from './active-run.ts'
import './run-info.ts'

/**
 * Vitest's global set-up of the scenario projects: one cluster for all of them. `rolypoly run` has brought it up
 * already; under plain `vitest` this does, with the options of the environment.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const before = activeRun()
  const active = before ?? (await beginActiveRun({ mode: 'normal' }))
  const own = !before?.started
  const info = await bringUp(active, {
    ...{ cluster: 'auto', nodes: 3, keep: process.env.ROLYPOLY_KEEP === '1', mode: 'normal' },
    ...{ say: (line: string) => console.error(line), signal: new AbortController().signal },
  })
  project.provide('rolypoly', info)
  return async () => {
    if (own) await release(active)
  }
}
