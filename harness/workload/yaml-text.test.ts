import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { fuzz } from '../model/testing.ts'
import { parseYaml } from './yaml-text.ts'

const where = (line: number, column?: number) => [line, column].filter(Boolean).join(':')
const values = (text: string) => parseYaml(text, where).map(({ value }) => value)

function refusal(text: string): string {
  try {
    parseYaml(text, where)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'taken'
}

const password = 'hunter2-and-more'
test.each([
  ['double quotes', `password: "${password}" "`],
  ['a nested mapping', `password: a: ${password}`],
  ['an alias of nothing', `password: *${password}`],
  ['a tag', `password: !<${password} x\n  y: [`],
  ['an open bracket', `password: [${password}\nx: y`],
  ['an escape', `password: "\\U${password}"`],
  ['an unknown directive', `%${password}\n--- [`],
  ['a block header', `password: |${password}\n  x`],
  ['a reserved sign', `password: @${password}`],
])('a broken line is not quoted: %s', (_, text) => {
  const told = refusal(text)
  expect(told).toMatch(/^\d+(:\d+)?: (is not YAML|cannot be read)/)
  expect(told).not.toContain(password.slice(0, 5))
})

test('a key that is there twice is found, however many there are', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `key${i}: 1`)
  expect(refusal(`${keys.join('\n')}\n`)).toBe('taken')
  expect(refusal(`${keys.join('\n')}\nkey7: 1\n`)).toBe('20001:1: is not YAML: Map keys must be unique')
  expect(refusal('a: {b: 1, "b": 2}')).toBe('1:11: is not YAML: Map keys must be unique')
})

// Each of these takes the parser minutes, or breaks its stack.
test.each([
  ['brackets', '['.repeat(2_000_000)],
  ['braces', '{a: '.repeat(500_000)],
  ['dashes', `${'- '.repeat(1_000_000)}x`],
  ['question marks', `${'? '.repeat(1_000_000)}x`],
  ['tags', `${'! '.repeat(1_000_000)}x`],
  ['anchors', `${'&a '.repeat(1_000_000)}x`],
])('endless %s are refused at once', (_, text) => {
  expect(refusal(text)).toMatch(/^1: is nested too deep/)
})

test('so are endless lines', () => {
  expect(refusal('\n'.repeat(4_000_000))).toBe('100001: has more than 100000 lines, too many for manifests')
  expect(refusal('---\n'.repeat(300_000))).toMatch(/more than 100000 lines/)
})

test('what looks deep and is not, is taken', () => {
  const script = `script: |\n${'  if [ -z "$x" ]; then echo {}; fi\n'.repeat(2_000)}`
  expect(values(script)).toHaveLength(1)
  expect(values(`list:\n${'- - a\n'.repeat(5_000)}`)).toHaveLength(1)
  expect(values(`x: ${'['.repeat(100)}${']'.repeat(100)}`)).toHaveLength(1)
})

test('whatever JSON can say, YAML reads the same', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue()).filter((value) => !('__proto__' in value))
  fuzz(
    fc.property(json, (value) => {
      expect(values(JSON.stringify(value))).toEqual([JSON.parse(JSON.stringify(value))])
    }),
  )
})

const pieces = fc.constantFrom(
  ...[
    'kind: ',
    'Pod',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '!t ',
    '|\n',
    '>',
    '"',
    "'",
    '#',
    '---\n',
  ],
  ...[
    '? ',
    ': ',
    ', ',
    '%YAML 1.2',
    '\\',
    '\t',
    '\0',
    '\ufeff',
    '\r\n',
    '\ud800',
    '<<',
    '...\n',
    '@',
    '`',
    '0x',
    '~',
  ],
)
test('whatever text it is, it is read, or refused in one sentence with its place', () => {
  fuzz(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
        fc.string(),
      ),
      (text) => {
        expect(refusal(text)).toMatch(/^(taken|\d+(:\d+)?: .+)$/)
      },
    ),
  )
})
