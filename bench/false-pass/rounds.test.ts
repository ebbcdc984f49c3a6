import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addRound, openRounds, type Round, readRounds } from './rounds.ts'

let folder = ''
let path = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolypoly-rounds-'))
  path = join(folder, 'runs', 'rounds.jsonl')
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const round: Round = {
  ...{ fault: 'deletePod', startedAt: '2026-11-21T12:00:00.000Z', begunMs: 100 },
  truth: { damagedMs: 120, recoveredMs: 900, replacedMs: 900 },
  waits: [{ tool: 'kubectl wait', says: 'recovered', passed: true, returnedMs: 110, said: 'condition met' }],
}

test('rounds are added one by one, and read again', async () => {
  expect(await openRounds(path)).toEqual([])
  await addRound(path, round)
  await addRound(path, { ...round, fault: 'killContainer' })
  expect((await readRounds(path)).map(({ fault }) => fault)).toEqual(['deletePod', 'killContainer'])
  expect((await openRounds(path))[0]).toEqual(round)
})

test('a line that was never finished is cut off, and the next goes on a line of its own', async () => {
  await openRounds(path)
  await addRound(path, round)
  await appendFile(path, JSON.stringify(round).slice(0, 30))
  expect(await readRounds(path)).toHaveLength(1)
  await openRounds(path)
  await addRound(path, round)
  expect(await readRounds(path)).toHaveLength(2)
})

test('a line that is no round is named', async () => {
  const other = join(folder, 'other.jsonl')
  await writeFile(other, `${JSON.stringify(round)}\n{"a":1}\n`)
  await expect(openRounds(other)).rejects.toThrow(`${other}:2: is no round of bench/false-pass.ts`)
  expect(await readFile(other, 'utf8')).toContain('{"a":1}')
  await writeFile(other, 'text\n')
  await expect(readRounds(other)).rejects.toThrow(`${other}:1: is no round`)
})

test('no file holds no rounds; a folder is no file', async () => {
  expect(await readRounds(join(folder, 'none'))).toEqual([])
  await expect(readRounds(folder)).rejects.toThrow(`${folder}: cannot be read`)
})
