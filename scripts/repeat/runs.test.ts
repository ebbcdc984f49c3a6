import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeReports } from '../../reports/write.ts'
import { resultOf, scenarioOf } from '../testing.ts'
import { type Circumstances, partOf, planOf, readRuns, writeCircumstances } from './runs.ts'

describe('the plan', () => {
  test('quiet and busy runs take turns', () => {
    expect(planOf(4, true).map(({ name }) => name)).toEqual(['01-quiet', '02-busy', '03-quiet', '04-busy'])
    expect(planOf(4, true).map(({ kind }) => kind)).toEqual(['quiet', 'busy', 'quiet', 'busy'])
  })

  test('without the busy half every run is quiet', () => {
    expect(planOf(2, false).map(({ name }) => name)).toEqual(['01-quiet', '02-quiet'])
  })
})

describe('the runs of a folder', () => {
  let folder = ''

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rolypoly-repeat-'))
  })

  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  const result = resultOf(scenarioOf())
  const under: Circumstances = { filters: [], cores: 2, waitedMs: 0, load1Before: 0.5 }

  test('are the whole ones, by number', async () => {
    for (const name of ['10-quiet', '2-busy', '1', partOf('03-quiet'), 'notes']) {
      await writeReports(result, join(folder, name))
    }
    await writeCircumstances(join(folder, '2-busy'), under)
    const runs = await readRuns(folder)
    expect(runs.map(({ name, kind }) => [name, kind])).toEqual([
      ['1', 'quiet'],
      ['2-busy', 'busy'],
      ['10-quiet', 'quiet'],
    ])
    expect(runs.map((run) => run.under)).toEqual([undefined, under, undefined])
    expect(runs[0]?.result).toEqual(result)
  })

  test('a folder that is missing, or holds none, is named', async () => {
    await expect(readRuns(join(folder, 'no'))).rejects.toThrow(`${join(folder, 'no')}: is no folder`)
    await expect(readRuns(folder)).rejects.toThrow(`${folder}: holds no run, as 01-quiet would be`)
  })

  test('a run without a result, or with circumstances that make no sense, is named', async () => {
    const run = join(folder, '01-quiet')
    await mkdir(run)
    await expect(readRuns(folder)).rejects.toThrow(`${join(run, 'result.json')} does not exist`)
    await writeReports(result, run)
    await writeFile(join(run, 'repetition.json'), '{')
    await expect(readRuns(folder)).rejects.toThrow(`${join(run, 'repetition.json')}: is not what`)
  })
})
