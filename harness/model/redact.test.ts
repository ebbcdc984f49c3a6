import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Redactor } from './redact.ts'
import { secretValues } from './secret-forms.ts'
import { fuzz } from './testing.ts'

const called = 'Secret/db key password'
const knowing = (...values: string[]) => {
  const redactor = new Redactor()
  redactor.know(values.map((value) => ({ called, value })))
  return redactor
}

test('a value is told by its Secret and its key', () => {
  expect(knowing('hunter2!').redact('I log in with "hunter2!".')).toBe(
    'I log in with "[redacted: Secret/db key password]".',
  )
})

test('a Secret has its data decoded and as it is, and its stringData; other objects have none', () => {
  const data = { password: Buffer.from('hunter2!').toString('base64') }
  const metadata = { name: 'db' }
  expect(secretValues({ kind: 'Secret', metadata, data, stringData: { pin: 123_456 } })).toEqual([
    { called, value: 'hunter2!' },
    { called, value: data.password },
    { called: 'Secret/db key pin', value: '123456' },
  ])
  expect(secretValues({ kind: 'ConfigMap', metadata, data })).toEqual([])
  expect(secretValues({ kind: 'Secret', data: 7, stringData: null })).toEqual([])
})

const hunter = 'hunter "2" & co/ü'
test.each([
  ['as it is', hunter],
  ['as base64', Buffer.from(hunter).toString('base64')],
  ['in a URL', encodeURIComponent(hunter)],
  ['in JSON', JSON.stringify({ is: hunter })],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ is: hunter }))],
  ['as Go has it', 'hunter \\"2\\" \\u0026 co/ü'],
])('a value is found %s', (_, text) => {
  const redactor = knowing(hunter)
  expect(redactor.redact(text)).toContain('[redacted: Secret/db key password]')
  expect(redactor.redact(text)).not.toContain('hunter')
  expect(JSON.parse(redactor.json({ text })).text).toBe(redactor.redact(text))
})

const strict = "hunter! (it's) *~/;=ü"
test.each([
  ['RFC 3986', 'hunter%21%20%28it%27s%29%20%2A~%2F%3B%3D%C3%BC'],
  ['small digits', 'hunter%21%20%28it%27s%29%20%2a~%2f%3b%3d%c3%bc'],
  ["Python's quote", 'hunter%21%20%28it%27s%29%20%2A~/%3B%3D%C3%BC'],
  ["a form's fields", new URLSearchParams({ is: strict }).toString()],
  ["Go's QueryEscape", 'hunter%21+%28it%27s%29+%2A~%2F%3B%3D%C3%BC'],
  ["Go's url.UserPassword", 'https://a:hunter%21%20%28it%27s%29%20%2A~%2F;=%C3%BC@b'],
])('a value is found in a URL by %s', (_, text) => {
  expect(knowing(strict).redact(text)).not.toContain('hunter')
})

test.each([
  'password: hunter#2 # of prod',
  'password = "hunter#2";',
  "- password: 'hunter#2', # of prod",
  'export PASSWORD=hunter#2;',
  'set password := hunter#2 // of prod',
  '"password" => "hunter#2",',
])('what is assigned is known by itself: %s', (line) => {
  for (const value of [line, `host: db\n${line}\nport: 5432\n`]) {
    expect(knowing(value).redact('it was hunter#2')).toBe('it was [redacted: Secret/db key password]')
  }
})

test.each([
  ['a line of a file', 'DB_HOST=localhost\nDB_PASSWORD="hunter2!"\n', 'it was hunter2!'],
  ['the password of a URL', 'postgres://app:hunter%402@db/app', 'it was hunter@2'],
  ['a text in a JSON document', '{"auths":{"registry":{"auth":"aHVudGVyMg=="}}}', 'it was aHVudGVyMg=='],
  ['a piece of a long text', 'x1'.repeat(90), `...${'x1'.repeat(32)}`],
])('%s is known by itself', (_, value, text) => {
  expect(knowing(value).redact(text)).toContain('[redacted: ')
  expect(knowing(value).redact(text)).not.toMatch(/hunter|aHVu|x1x1/)
})

test.each(['admin', '5432', '      ', 'default', 'passed', 'web'])('%j is no secret by itself', (value) => {
  const redactor = new Redactor()
  redactor.know([{ called, value }], new Set(['web']))
  expect(redactor.redact(`so it is ${value}`)).toBe(`so it is ${value}`)
})

test('what the chart has in the open is none either', () => {
  const redactor = new Redactor()
  redactor.know([{ called, value: 'backend-database' }], new Set(['backend-database']))
  expect(redactor.redact('Pod/backend-database')).toBe('Pod/backend-database')
})

test('the longer of two values goes where the one begins the other', () => {
  const redactor = knowing('hunter2', 'hunter2-and-more')
  expect(redactor.redact('hunter2-and-more')).toBe('[redacted: Secret/db key password]')
})

test('a Secret that is named after its value does not tell it', () => {
  const redactor = new Redactor()
  redactor.know([{ called: 'Secret/hunter2 key x', value: 'hunter2' }])
  expect(redactor.redact('hunter2')).toBe('[redacted]')
})

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl'
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----'
test.each([
  ['a JSON web token', `it is ${jwt}.`, 'it is [redacted: token].'],
  ['a header', 'Authorization: Bearer abcdefgh12345', 'Authorization: Bearer [redacted: credentials]'],
  ['a private key', `${pem}\nand on`, '[redacted: private key]\nand on'],
  ['a private key that is cut', pem.slice(0, 45), '[redacted: private key]'],
  [
    'a kubeconfig',
    'user:\n  client-key-data: LS0tLS1CRUdJTg==\n  token: abc123def\n',
    'user:\n  client-key-data: [redacted: kubeconfig]\n  token: [redacted: kubeconfig]\n',
  ],
  [
    "kubeadm's own",
    'join --token abcdef.0123456789abcdef --certificate-key f00f00f00f00',
    'join --token [redacted: token] --certificate-key [redacted: token]',
  ],
])('%s is secret by its form', (_, text, redacted) => {
  const redactor = new Redactor()
  expect(redactor.redact(text)).toBe(redacted)
  expect(redactor.redact(redacted)).toBe(redacted)
  expect(JSON.parse(redactor.json({ text })).text).toBe(redacted)
})

test('what is no secret stays as it is', () => {
  const redactor = knowing('hunter2!')
  const value = { message: 'an invalid token: unexpected end', n: 1, none: null, list: ['a', true] }
  expect(redactor.redactAll(value)).toEqual(value)
  expect(redactor.json(value)).toBe(JSON.stringify(value))
})

test('keys of maps are redacted, fields are not', () => {
  const redactor = knowing('hunter2!', 'annotations')
  expect(redactor.redactAll({ annotations: { 'x/hunter2!': 1 } })).toEqual({
    annotations: { 'x/[redacted: Secret/db key password]': 1 },
  })
})

const secret = fc
  .string({ unit: 'grapheme', minLength: 6, maxLength: 200 })
  .filter((text) => text.trim().length >= 6)
const wraps = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => JSON.stringify({ text }),
  (text) => Buffer.from(text, 'utf8').toString('base64'),
  (text) => encodeURIComponent(text),
)

test('a random value comes out of no text, and of no JSON', () => {
  fuzz(
    fc.property(secret, fc.string(), fc.string(), wraps, (value, before, after, wrap) => {
      const redactor = knowing(value)
      const held = wrap(value)
      const text = `${before} ${held} ${after}`
      const line = redactor.json({
        source: 'log',
        line: text,
        object: { metadata: { [`a/${text}`]: [text] } },
      })
      for (const out of [redactor.redact(text), JSON.parse(line).line, JSON.stringify(JSON.parse(line))]) {
        // What is redacted may stand in the redaction's own words by chance.
        if (!'[redacted: Secret/db key password]'.includes(held)) expect(out).not.toContain(held)
      }
    }),
  )
})

test('whatever is redacted stays JSON of the same shape', () => {
  fuzz(
    fc.property(fc.jsonValue(), fc.array(secret, { maxLength: 5 }), (value, values) => {
      const shape = (of: unknown): unknown =>
        typeof of !== 'object' || of === null
          ? typeof of
          : Array.isArray(of)
            ? of.map(shape)
            : Object.values(of).map(shape)
      const redacted: unknown = JSON.parse(knowing(...values).json(value))
      expect(shape(redacted)).toEqual(shape(JSON.parse(JSON.stringify(value))))
    }),
  )
})
