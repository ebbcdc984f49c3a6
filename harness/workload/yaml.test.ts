import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { yaml } from './yaml.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-yaml-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
function file(content: string | Uint8Array, name = 'web.yaml'): string {
  const own = join(folder, String(count++))
  mkdirSync(own)
  writeFileSync(join(own, name), content)
  return join(own, name)
}

function refusal(path: string): string {
  try {
    yaml(path)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as UsageError).message
  }
  return ''
}

const one = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`
const names = (path: string) => yaml(path).objects.map(({ metadata }) => metadata?.name)

describe('a chart of YAML', () => {
  test('is named after its file, unless it is given a name', () => {
    const path = file(one('a'), 'shop.yml')
    expect(yaml(path)).toEqual({
      ...{ name: 'shop', images: [] },
      objects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }],
    })
    const options = { name: 'other', images: { 'web:dev': './web' }, traffic: { path: '/slow' } }
    expect(yaml(path, options)).toMatchObject({
      ...{ name: 'other', traffic: { path: '/slow' }, images: [{ name: 'web:dev', context: './web' }] },
    })
    expect(yaml(path, { traffic: false }).traffic).toBe(false)
  })

  test('has every document of a file, without those that are empty', () => {
    expect(names(file(`# a\n---\n${one('a')}---\n# nothing\n---\n${one('b')}---\n`))).toEqual(['a', 'b'])
  })

  test('has every file of a folder, by name, and leaves others alone', () => {
    const path = join(file(one('b'), '2.yml'), '..')
    writeFileSync(join(path, '1.yaml'), one('a'))
    writeFileSync(
      join(path, '3.json'),
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' } }),
    )
    writeFileSync(join(path, 'README.md'), '# no manifest: {')
    expect(names(path)).toEqual(['a', 'b', 'c'])
  })

  test('takes a List for the objects in it', () => {
    const items = ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } }))
    expect(names(file(JSON.stringify({ apiVersion: 'v1', kind: 'List', items })))).toEqual(['a', 'b'])
    expect(names(file(JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items })))).toEqual(['a', 'b'])
  })

  test('knows anchors and aliases', () => {
    const path = file(`apiVersion: v1\nkind: Pod\nmetadata: &m\n  name: a\nspec: *m\n`)
    expect(yaml(path).objects[0]).toMatchObject({ spec: { name: 'a' } })
  })
})

describe('is refused where', () => {
  test.each([
    ['a bracket is open', 'apiVersion: v1\nkind: [Pod\n', /web\.yaml:\d+:\d+: is not YAML: \S/],
    ['the indentation is wrong', 'apiVersion: v1\n  kind: Pod\n', /web\.yaml:1:13: is not YAML: \S/],
    [
      'a key is there twice',
      'kind: Pod\nkind: Pod\n',
      /web\.yaml:2:1: is not YAML: Map keys must be unique$/,
    ],
    ['the second document is broken', `${one('a')}---\na: b: c\n`, /web\.yaml:6:\d+: is not YAML: \S/],
  ])('%s, naming the line and the column', (_, content, told) => {
    expect(refusal(file(content))).toMatch(told)
  })

  test.each([
    ['text', 'just some words\n', 1],
    ['a number', '42\n', 1],
    ['a list', '- apiVersion: v1\n', 1],
    ['an object without a kind', `${one('a')}---\napiVersion: v1\n`, 6],
    ['an object without an apiVersion', 'kind: Pod\n', 1],
    ['a kind that is no text', 'apiVersion: v1\nkind: 7\n', 1],
  ])('it is no Kubernetes object but %s, naming the line where it begins', (_, content, line) => {
    const told = `web.yaml:${line}: is not a Kubernetes object: apiVersion and kind are expected`
    expect(refusal(file(content))).toContain(told)
  })

  test('an object has no name', () => {
    expect(refusal(file('apiVersion: v1\nkind: Pod\nmetadata: {}\n'))).toContain(
      'web.yaml:1: v1/Pod has no metadata.name',
    )
  })

  test('a List holds what is no object', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [{ kind: 'Pod' }] }
    expect(refusal(file(JSON.stringify(list)))).toBe(
      'List.items: is not a Kubernetes object: apiVersion and kind are expected',
    )
  })

  test('there is no such path, naming it as it was given and as it was looked for', () => {
    const told = refusal(join(folder, '..', 'nowhere', 'a.yaml'))
    expect(told).toMatch(/nowhere\/a\.yaml: there is no such file or folder \(looked at \//)
  })

  test('a folder holds no manifest', () => {
    const path = join(file('# notes', 'README.md'), '..')
    expect(refusal(path)).toBe(`${path}: no .yaml, .yml or .json file in this folder`)
  })

  test.each(['', '# only a comment\n', '---\n---\n'])('there is nothing in it: %j', (content) => {
    expect(refusal(file(content))).toMatch(/web\.yaml: holds no Kubernetes object$/)
  })

  test('aliases multiply without bound', () => {
    const levels = 'abcdefgh'.split('')
    const lines = levels.map((level, i) => {
      const before = levels[i - 1]
      return `${level}: &${level} [${Array(9)
        .fill(before ? `*${before}` : 'x')
        .join(', ')}]`
    })
    expect(refusal(file(`apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n${lines.join('\n')}\n`))).toMatch(
      /web\.yaml:1: cannot be read: .*alias/,
    )
  })

  test('it is no text at all', () => {
    const bytes = Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 256)
    expect(refusal(file(bytes))).toMatch(/web\.yaml.*: is no text/)
    expect(refusal(file(Buffer.from('\x7fELF\x02\x01\x01\0\0\0', 'latin1')))).toMatch(/web\.yaml: is no text/)
  })

  test('it is far too large for a manifest', () => {
    const path = file('')
    truncateSync(path, 4 * 1024 * 1024 + 1)
    expect(refusal(path)).toMatch(/web\.yaml: is larger than 4 MiB/)
  })
})

test('an empty item of a List is refused', () => {
  expect(refusal(file('apiVersion: v1\nkind: List\nitems:\n-\n'))).toContain(
    'List.items: is not a Kubernetes object',
  )
})

test('a List in a List is unfolded too', () => {
  const inner = {
    apiVersion: 'v1',
    kind: 'List',
    items: [JSON.parse(podNamed('a')), JSON.parse(podNamed('b'))],
  }
  expect(names(file(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [inner] })))).toEqual(['a', 'b'])
})

function podNamed(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })
}
