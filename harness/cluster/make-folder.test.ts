import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

const top = mkdtempSync(join(tmpdir(), 'rolypoly-make-'))
afterAll(() => rmSync(top, { recursive: true }))

test('makes a folder with all that it is in, as private as it was asked, once and again', async () => {
  const folder = join(top, 'a', 'b', 'c')
  await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700)])
  await makeFolder(folder)
  expect([folder, join(top, 'a')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700])
})

test('is refused where a file is in the way', async () => {
  writeFileSync(join(top, 'file'), '')
  await expect(makeFolder(join(top, 'file'))).rejects.toThrow('EEXIST')
  await expect(makeFolder(join(top, 'file', 'below'))).rejects.toThrow('ENOTDIR')
})

test.runIf(process.platform === 'linux')('is refused by /proc, and does not go on for ever', async () => {
  await expect(makeFolder('/proc/x/y')).rejects.toThrow('ENOENT')
})
