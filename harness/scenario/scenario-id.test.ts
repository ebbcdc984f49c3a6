import { expect, test } from 'vitest'
import { idOf, stemOf } from './scenario-id.ts'

test.each([
  ['scenarios/liveness.scenario.ts', 'It restarts', 'liveness-it-restarts'],
  ['scenarios/deleted-node.exclusive.scenario.ts', 'a', 'deleted-node-a'],
  ['a/b/c.scenario.mts', 'a', 'c-a'],
  ['c.scenario.cjs', 'a', 'c-a'],
  ['c.scenario.ts', '', 'c'],
  ['c.scenario.ts', 'ポッド', 'c'],
  ['c.scenario.ts', '  "Quoted", & signed!  ', 'c-quoted-signed'],
  ['My App.scenario.ts', 'exit 0', 'my-app-exit-0'],
  ['no-scenario.ts', 'a', 'no-scenario-ts-a'],
])('%s "%s" has the id %s and a hash', (file, title, id) => {
  const made = idOf(file, title)
  expect(made.slice(0, -7)).toBe(id)
  expect(made.slice(-7)).toMatch(/^-[0-9a-f]{6}$/)
  expect(idOf(file, title)).toBe(made)
})

test('an id is fit for a file and, cut, for a namespace, however long the title is', () => {
  for (let length = 60; length < 130; length++) {
    const id = idOf('scenarios/liveness.scenario.ts', 'word '.repeat(30).slice(0, length))
    expect(id).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
    expect(id.length).toBeLessThanOrEqual(100)
  }
})

test.each([
  ['folder', ['broken/liveness.scenario.ts', 'it restarts'], ['liveness.scenario.ts', 'it restarts']],
  ['letters that an id has not', ['a.scenario.ts', 'ポッド'], ['a.scenario.ts', 'ノード']],
  [
    'end of a long title',
    ['a.scenario.ts', `${'x'.repeat(100)} one`],
    ['a.scenario.ts', `${'x'.repeat(100)} two`],
  ],
] as const)('scenarios that differ only by their %s have different ids', (_, one, other) => {
  expect(idOf(one[0], one[1])).not.toBe(idOf(other[0], other[1]))
})

test('the stem is the name of the file, without what all of them have', () => {
  expect(stemOf('scenarios/deleted-node.exclusive.scenario.ts')).toBe('deleted-node')
  expect(stemOf('My App.scenario.mts')).toBe('my-app')
  expect(stemOf('ポッド.scenario.ts')).toBe('')
})
