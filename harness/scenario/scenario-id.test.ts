import { expect, test } from 'vitest'
import { idOf } from './scenario-id.ts'

test.each([
  ['scenarios/liveness.scenario.ts', 'It restarts', 'liveness-it-restarts'],
  ['scenarios/deleted-node.exclusive.scenario.ts', 'a', 'deleted-node-a'],
  ['a/b/c.scenario.mts', 'a', 'c-a'],
  ['c.scenario.cjs', 'a', 'c-a'],
  ['c.scenario.ts', '', 'c'],
  ['c.scenario.ts', '  "Quoted", & signed!  ', 'c-quoted-signed'],
  ['My App.scenario.ts', 'exit 0', 'my-app-exit-0'],
  ['no-scenario.ts', 'a', 'no-scenario-ts-a'],
])('%s "%s" has the id %s', (file, title, id) => {
  expect(idOf(file, title)).toBe(id)
})

test('an id is fit for a file and, cut, for a namespace, however long the title is', () => {
  for (let length = 60; length < 130; length++) {
    const id = idOf('scenarios/liveness.scenario.ts', 'word '.repeat(30).slice(0, length))
    expect(id).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
    expect(id.length).toBeLessThanOrEqual(100)
  }
})
