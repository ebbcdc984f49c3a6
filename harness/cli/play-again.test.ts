import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createVitest } from 'vitest/node'
import { beginActiveRun } from '../scenario/active-run.ts'
import { RolypolyReporter } from '../scenario/reporter.ts'
import { playAgain } from './play-again.ts'

type Second = 'passed' | 'slowAgain' | 'interrupted'

/**
 * The first is not judged the first time it is played, and comes to `second` the next time; each tells in a file beside it
 * that it was.
 */
const scenarios = (second: Second) => `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'vitest'

const played = new URL('./played.txt', import.meta.url)
const recording = 'recordings/slow.jsonl'
mkdirSync(new URL('./report/recordings/', import.meta.url), { recursive: true })
const result = (id, more) => ({
  id, title: id, file: 'web.scenario.mjs', exclusive: false, verdict: 'passed', startedAt: '', durationMs: 1,
  faults: [], intervals: [], gaps: [], diagnostics: [], claims: [], ...more,
})
const claim = { statement: 'toRecover()', subject: 'web', sort: 'response', verdict: 'passed', message: 'It held.' }
const slow = { ...claim, verdict: 'inconclusive', message: 'It was late, but slow.', tooSlow: true }
const seconds = {
  passed: { claims: [claim] },
  slowAgain: { verdict: 'inconclusive', claims: [{ ...slow, message: 'It was late again.' }] },
  interrupted: { verdict: 'inconclusive', error: { message: 'The run was interrupted by SIGINT' } },
}

test('slow', ({ task }) => {
  appendFileSync(played, 'slow ')
  const isFirst = readFileSync(played, 'utf8').split('slow').length === 2
  writeFileSync(new URL('./report/' + recording, import.meta.url), isFirst ? 'first' : 'second')
  const more = isFirst ? { verdict: 'inconclusive', claims: [slow] } : seconds.${second}
  task.meta.rolypoly = result('slow', { recording, ...more })
  if (task.meta.rolypoly.verdict !== 'passed') throw new Error('inconclusive')
})
test('quick', ({ task }) => {
  appendFileSync(played, 'quick ')
  task.meta.rolypoly = result('quick', { claims: [claim] })
})
`

async function playedTwice(second: Second) {
  const root = await mkdtemp(join(tmpdir(), 'rolypoly-again-'))
  const said: string[] = []
  const over = new AbortController()
  const say = (line: string) => {
    said.push(line)
    const isTold = said.filter((one) => / slow$/.test(one)).length === 2
    if (second === 'interrupted' && isTold) over.abort()
  }
  try {
    await writeFile(join(root, 'web.scenario.mjs'), scenarios(second))
    await beginActiveRun({ mode: 'normal', report: join(root, 'report') })
    const reporter = new RolypolyReporter(say, false)
    const vitest = await createVitest('test', {
      ...{ root, config: false, run: true, watch: false, reporters: [reporter] },
      include: ['*.scenario.mjs'],
    })
    try {
      await vitest.runTestSpecifications(await vitest.globTestSpecifications())
      expect(reporter.result).toBeUndefined()
      await playAgain(vitest, reporter, say, over.signal)
      await reporter.finish()
    } finally {
      await vitest.close()
    }
    const recordings = await readdir(join(root, 'report/recordings'))
    const recorded = await readFile(join(root, 'report/recordings/slow.jsonl'), 'utf8')
    return { result: reporter.result, said, recordings, recorded }
  } finally {
    await rm(root, { recursive: true })
  }
}

test('what the machine was too slow for is played once more, by itself, and tells so', async () => {
  const { result, said, recordings, recorded } = await playedTwice('passed')
  expect(result?.run.verdict).toBe('passed')
  expect(result?.scenarios.map(({ id, verdict, playedAgain }) => [id, verdict, playedAgain])).toEqual([
    ['slow', 'passed', 'It was late, but slow.'],
    ['quick', 'passed', undefined],
  ])
  expect(said.filter((line) => /^passed .*quick/.test(line))).toHaveLength(1)
  expect(said).toContain('The machine was too slow to judge 1 of 2: played again, by themselves')
  expect([recordings, recorded]).toEqual([['slow.jsonl'], 'second'])
})

test('a second time that is interrupted leaves the first with its claims and its recording', async () => {
  const { result, recordings, recorded } = await playedTwice('interrupted')
  expect(result?.scenarios.map(({ id, verdict, claims }) => [id, verdict, claims[0]?.message])).toEqual([
    ['slow', 'inconclusive', 'It was late, but slow.'],
    ['quick', 'passed', 'It held.'],
  ])
  expect([recordings, recorded]).toEqual([['slow.jsonl'], 'first'])
})

test('a second time that is too slow as well is the one that counts', async () => {
  const { result, recorded } = await playedTwice('slowAgain')
  expect(result?.scenarios[0]).toMatchObject({
    ...{ verdict: 'inconclusive', playedAgain: 'It was late, but slow.' },
    claims: [{ message: 'It was late again.' }],
  })
  expect(recorded).toBe('second')
})
