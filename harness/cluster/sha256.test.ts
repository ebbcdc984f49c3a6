import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sha256OfFile } from './sha256.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-sha256-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the hash of a file is that of its bytes', async () => {
  // The example of FIPS 180-4.
  writeFileSync(`${folder}/abc`, 'abc')
  expect(await sha256OfFile(`${folder}/abc`)).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('a file that is not there is said to be', async () => {
  await expect(sha256OfFile(`${folder}/none`)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a pipe is not waited for', async () => {
  execFileSync('mkfifo', [`${folder}/pipe`])
  await expect(sha256OfFile(`${folder}/pipe`)).rejects.toThrow('is no file')
})
