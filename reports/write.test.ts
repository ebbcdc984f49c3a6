import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UsageError } from '../harness/model/errors.ts'
import { mixed } from './fixtures.ts'
import { renderHtml } from './html.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { readResult, writeReports } from './write.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolypoly-reports-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

test('the four files are written, and nothing else is left', async () => {
  const run = join(folder, 'runs', 'a')
  await writeReports(mixed, run)
  expect((await readdir(run)).toSorted()).toEqual(['index.html', 'junit.xml', 'result.json', 'summary.md'])
  expect(await readFile(join(run, 'index.html'), 'utf8')).toBe(renderHtml(mixed))
  expect(await readFile(join(run, 'junit.xml'), 'utf8')).toBe(renderJunit(mixed))
  expect(await readFile(join(run, 'summary.md'), 'utf8')).toBe(renderMarkdown(mixed))
})

test('what was written is read again, and makes the same page', async () => {
  await writeReports(mixed, folder)
  await writeReports(mixed, folder)
  const read = await readResult(folder)
  expect(read).toEqual(mixed)
  expect(renderHtml(read)).toBe(renderHtml(mixed))
})

test('where nobody waits for the pages, the result alone is written', async () => {
  await writeReports(mixed, folder, { pages: false })
  expect(await readdir(folder)).toEqual(['result.json'])
})

test('a file that cannot be replaced fails, and leaves no temporary file', async () => {
  await mkdir(join(folder, 'result.json', 'in the way'), { recursive: true })
  const path = join(folder, 'result.json')
  await expect(writeReports(mixed, folder)).rejects.toThrow(`${path}: could not be written: `)
  expect(await readdir(folder)).toEqual(['result.json'])
})

test('a missing folder or file is named, with what to do', async () => {
  for (const missing of [folder, join(folder, 'nowhere')]) {
    const error = await failure(missing)
    expect(error.message).toBe(
      `${join(missing, 'result.json')} does not exist, where a run's result was expected: give the folder that \`rolypoly run\` printed on its last line.`,
    )
  }
})

test.each([
  ['not json', /result\.json is not JSON, where a run's result was expected: give the folder/],
  [
    '{"schemaVersion":2}',
    /has schemaVersion 2 where 1 was expected: read it with the version of rolypoly that wrote it\.$/,
  ],
  ['{"schemaVersion":"\\u001b[2J\\n"}', /has schemaVersion "\\u001b\[2J\\n" where 1 was expected/],
  ['[]', /is not a result of schemaVersion 1: at its top, .*; give the folder/],
  ['{}', /is not a result of schemaVersion 1: at schemaVersion, /],
  [JSON.stringify({ ...mixed, run: { ...mixed.run, seed: 'x' } }), /1: at run\.seed, .*number/],
  [
    JSON.stringify({ ...mixed, scenarios: [{ ...mixed.scenarios[0], faults: [{}] }] }),
    /1: at scenarios\.0\.faults\.0\.kind, /,
  ],
])('what is no result is refused in one sentence: %.40s', async (text, sentence) => {
  await writeFile(join(folder, 'result.json'), text)
  const error = await failure(folder)
  expect(error).toBeInstanceOf(UsageError)
  expect(error.message).toMatch(sentence)
  expect(error.message).not.toContain('\n')
})

async function failure(of: string): Promise<UsageError> {
  const error: unknown = await readResult(of).catch((cause: unknown) => cause)
  if (error instanceof UsageError) return error
  throw new Error(`no UsageError: ${String(error)}`)
}
