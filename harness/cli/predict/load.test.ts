import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { UsageError } from '../../model/errors.ts'
import { type LoadOptions, loadChart } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-predict-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.useRealTimers())

let count = 0
/** A file of its own, so that no module is imported twice. */
function file(name: string, content: string): string {
  const own = join(folder, String(count++))
  mkdirSync(own)
  writeFileSync(join(own, name), content)
  return join(own, name)
}
const pod = '{ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }'
const chart = `{ name: "shop", images: [], objects: [${pod}] }`

async function refusal(path: string, options: LoadOptions = {}): Promise<UsageError> {
  const error = await loadChart(path, options).catch((error: unknown) => error)
  if (!(error instanceof UsageError)) throw new Error(`${path} was not refused with a UsageError`)
  expect(error.message).not.toContain('\n')
  return error
}

describe('a chart is', () => {
  test.each([
    ['a manifest', 'a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n'],
    ['a manifest in JSON', 'a.json', pod.replaceAll(/(\w+):/g, '"$1":')],
    ['the one function of a module', 'a.ts', `export const shop = (): object => (${chart})`],
    ['one that it promises', 'a.mjs', `export default async () => (${chart})`],
    ['a chart that it exports as it is', 'a.mjs', `export const shop = ${chart}; export const port = 80`],
    ['one function by two names', 'a.mjs', `export const shop = () => (${chart}); export default shop`],
    ['what CommonJS exports', 'a.cjs', `module.exports = () => (${chart})`],
  ])('%s', async (_, name, content) => {
    const { objects } = await loadChart(file(name, content), {})
    expect(objects).toMatchObject([{ kind: 'Pod', metadata: { name: 'a' } }])
  })

  test('a folder of manifests', async () => {
    const path = join(file('a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n'), '..')
    expect((await loadChart(path, {})).objects).toHaveLength(1)
  })

  test('what its function makes of the options', async () => {
    const path = fileURLToPath(new URL('../../../charts/webapl/chart.ts', import.meta.url))
    const { objects } = await loadChart(path, { options: '{ "replicas": 7 }' })
    expect(objects[0]).toMatchObject({ kind: 'Deployment', spec: { replicas: 7 } })
  })

  test('the export that is named, where there are several', async () => {
    const path = file('a.mjs', `export const one = () => 1; export const two = () => (${chart})`)
    expect((await loadChart(path, { export: 'two' })).name).toBe('shop')
    expect((await refusal(path)).message).toBe(`${path}: exports several functions: one, two`)
    expect((await refusal(path)).remedy).toContain('--export NAME')
    expect((await refusal(path, { export: 'three' })).message).toBe(
      `${path}: exports no "three": it has one, two`,
    )
  })
})

describe('is refused where', () => {
  test('there is nothing, or nothing that is read at once', async () => {
    const nowhere = join(folder, 'nowhere.yaml')
    expect((await refusal(nowhere)).message).toBe(
      `${nowhere}: there is no such file or folder (looked at ${nowhere})`,
    )
    expect((await refusal('/dev/null')).message).toBe('/dev/null: is neither a file nor a folder')
    const empty = join(file('README.md', '# notes'), '..')
    expect((await refusal(empty)).message).toBe(`${empty}: no .yaml, .yml or .json file in this folder`)
    expect((await refusal(empty)).remedy).toContain('charts/webapl/chart.ts')
  })

  test('a manifest is none', async () => {
    expect((await refusal(file('a.yaml', 'a: ['))).message).toMatch(/a\.yaml:1:5: is not YAML/)
    expect((await refusal(file('notes', 'just words'))).message).toContain('apiVersion and kind are expected')
    const huge = file('a.yaml', '')
    truncateSync(huge, 5 * 1024 * 1024)
    expect((await refusal(huge)).message).toContain('is larger than 4 MiB')
  })

  test("a module's options are given for a manifest", async () => {
    const path = file('a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n')
    expect((await refusal(path, { export: 'a' })).message).toContain('--export is for a chart in TypeScript')
    expect((await refusal(path, { options: '{}' })).message).toContain(
      '--options is for a chart in TypeScript',
    )
  })

  test.each([
    ['it throws', 'throw new Error("boom\\nand more")', 'cannot be imported: boom'],
    ['it throws what is no error', 'throw undefined', 'cannot be imported: undefined'],
    [
      'it exports no function',
      'export const port = 80',
      'exports no chart: a function that gives one is expected',
    ],
    ['its function throws', 'export const a = () => { throw new Error("no tag") }', 'a({}) failed: no tag'],
    ['its function is a class', 'export class A {}', 'A({}) failed: Class constructor A cannot be invoked'],
    ['its function gives something else', 'export const a = () => 7', 'a() gave no chart: expected object'],
    ['so does one by two names', 'const shop = () => 7; export { shop as default, shop }', 'shop() gave'],
    [
      'an object is none',
      'export const a = () => ({ name: "a", objects: [{ kind: "Pod" }] })',
      'a() gave no chart: objects[0].apiVersion: expected string, received undefined',
    ],
  ])('of a module, %s', async (_, content, told) => {
    const path = file('a.mjs', content)
    const { message, remedy } = await refusal(path)
    expect(message).toContain(`${path}: ${told}`)
    expect(remedy).toBeTruthy()
  })

  test('more than one line is thrown: what follows the first is the evidence', async () => {
    const { evidence } = await refusal(file('a.mjs', 'throw new Error("boom\\nand more")'))
    expect(evidence).toBe('and more')
  })

  test('a chart never comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const asked = Promise.withResolvers<void>()
    Object.assign(globalThis, { askedForChart: asked.resolve })
    const never = 'export const a = () => { askedForChart(); return new Promise(() => {}) }'
    const refused = refusal(file('a.mjs', never))
    await asked.promise
    await vi.advanceTimersByTimeAsync(10_000)
    expect((await refused).message).toContain('a({}) failed: nothing came within 10 s')
  })

  test.each(['{', '[1]', '7', 'null', 'replicas=2'])(
    'options are %s, which is no JSON object',
    async (options) => {
      const path = file('a.mjs', `export const a = () => (${chart})`)
      expect((await refusal(path, { options })).message).toMatch(/^--options: .* is not /)
    },
  )
})
