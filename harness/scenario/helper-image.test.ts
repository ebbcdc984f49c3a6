import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contentOf, helperImage } from './helper-image.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolypoly-image-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('another content, another file and another name of a file make another image', async () => {
  const seen: string[] = []
  for (const [name, text] of [
    ['a.ts', 'one'],
    ['a.ts', 'two'],
    ['b.ts', ''],
    ['c.ts', ''],
  ] as const) {
    await writeFile(join(folder, name), text)
    seen.push(await contentOf(folder))
  }
  expect(new Set(seen).size).toBe(4)
  expect(await contentOf(folder)).toBe(seen.at(-1))
})

test("the harness's own image is named by its content", async () => {
  const { name, context } = await helperImage()
  expect(name).toMatch(/^rolypoly-helper:[0-9a-f]{12}$/)
  expect(name).toContain(await contentOf(context))
})
