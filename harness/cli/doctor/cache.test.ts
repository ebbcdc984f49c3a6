import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkCache, judgeCache } from './cache.ts'

const top = mkdtempSync(join(tmpdir(), 'rolypoly-doctor-'))
afterAll(() => rmSync(top, { recursive: true }))
const elsewhere = 'export ROLYPOLY_CACHE="$PWD/.rolypoly-cache"'

test('a folder that is there, or can be made, is fine, and is not made', async () => {
  expect(await checkCache({ ROLYPOLY_CACHE: top })).toEqual({ level: 'fine', found: top })
  const deep = join(top, 'a', 'b')
  expect(await checkCache({ ROLYPOLY_CACHE: deep })).toEqual({ level: 'fine', found: `${deep} will be made` })
  expect(readdirSync(top)).toEqual([])
})

test('a file in its place or above it is a lack', async () => {
  const file = join(top, 'file')
  writeFileSync(file, '')
  expect(await checkCache({ ROLYPOLY_CACHE: file })).toMatchObject({ level: 'lack', remedy: elsewhere })
  expect(await checkCache({ ROLYPOLY_CACHE: join(file, 'x') })).toMatchObject({
    level: 'lack',
    found: `${join(file, 'x')} cannot be made: ${file} is no folder`,
  })
})

test('a folder of another user is mended by its owner, and one that cannot be made by another place', () => {
  const facts = { folder: '/c/rolypoly', isFolder: true, writable: false }
  expect(judgeCache({ ...facts, nearest: '/c/rolypoly' })).toEqual({
    level: 'lack',
    found: '/c/rolypoly cannot be written',
    remedy: 'sudo chown -R "$(id -u)" /c/rolypoly',
  })
  expect(judgeCache({ ...facts, nearest: '/c' })).toMatchObject({ level: 'lack', remedy: elsewhere })
})
