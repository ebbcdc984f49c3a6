import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createVitest } from 'vitest/node'
import { beginActiveRun } from '../scenario/active-run.ts'
import { RolypolyReporter } from '../scenario/reporter.ts'
import { playAgain } from './play-again.ts'

/** The first is not judged the first time it is played; each tells in a file beside it that it was. */
const scenarios = `
import { appendFileSync, readFileSync } from 'node:fs'
import { test } from 'vitest'

const played = new URL('./played.txt', import.meta.url)
const result = (id, more) => ({
  id, title: id, file: 'web.scenario.mjs', exclusive: false, verdict: 'passed', startedAt: '', durationMs: 1,
  faults: [], intervals: [], gaps: [], diagnostics: [], ...more,
})
const claim = { statement: 'toRecover()', subject: 'web', sort: 'response', verdict: 'passed', message: 'It held.' }

test('slow', ({ task }) => {
  appendFileSync(played, 'slow ')
  const isFirst = readFileSync(played, 'utf8').split('slow').length === 2
  const slow = { ...claim, verdict: 'inconclusive', message: 'It was late, but slow.', tooSlow: true }
  task.meta.rolypoly = result('slow', isFirst ? { verdict: 'inconclusive', claims: [slow] } : { claims: [claim] })
  if (isFirst) throw new Error('inconclusive')
})
test('quick', ({ task }) => {
  appendFileSync(played, 'quick ')
  task.meta.rolypoly = result('quick', { claims: [claim] })
})
`

test('what the machine was too slow for is played once more, by itself, and tells so', async () => {
  const root = await mkdtemp(join(tmpdir(), 'rolypoly-again-'))
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  try {
    await writeFile(join(root, 'web.scenario.mjs'), scenarios)
    await beginActiveRun({ mode: 'normal', report: join(root, 'report') })
    const reporter = new RolypolyReporter(say, false)
    const vitest = await createVitest('test', {
      ...{ root, config: false, run: true, watch: false, reporters: [reporter] },
      include: ['*.scenario.mjs'],
    })
    try {
      await vitest.runTestSpecifications(await vitest.globTestSpecifications())
      expect(reporter.result).toBeUndefined()
      await playAgain(vitest, reporter, say, new AbortController().signal)
      await reporter.finish()
    } finally {
      await vitest.close()
    }
    expect(reporter.result?.run.verdict).toBe('passed')
    expect(
      reporter.result?.scenarios.map(({ id, verdict, playedAgain }) => [id, verdict, playedAgain]),
    ).toEqual([
      ['slow', 'passed', 'It was late, but slow.'],
      ['quick', 'passed', undefined],
    ])
    expect(said.filter((line) => /^passed .*quick/.test(line))).toHaveLength(1)
    expect(said).toContain('The machine was too slow to judge 1 of 2: played again, by themselves')
  } finally {
    await rm(root, { recursive: true })
  }
})
