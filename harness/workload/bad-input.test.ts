import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { fuzz } from '../model/testing.ts'
import type { Chart } from './chart.ts'
import { checkChart } from './check.ts'
import { admit } from './deploy.ts'
import { readTextFile } from './text-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-input-'))
afterAll(() => rmSync(folder, { recursive: true }))

function refusal(of: () => unknown): string {
  try {
    of()
  } catch (error) {
    if (error instanceof UsageError) return error.message.replaceAll(folder, '')
    throw error
  }
  return 'taken'
}

function file(bytes: string | Uint8Array): string {
  const path = join(folder, 'web.yaml')
  writeFileSync(path, bytes)
  return path
}

test('a byte order mark is left out, and line ends may be any', () => {
  expect(readTextFile(file('\ufeffkind: Pod\r\n'))).toBe('kind: Pod\r\n')
})

test.each([
  ['UTF-16', Buffer.from('\ufeffkind: Pod', 'utf16le'), '/web.yaml: is UTF-16, where UTF-8 is expected'],
  ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]), '/web.yaml: is no text, for it has bytes of value 0'],
])('what is %s is told as such', (_, bytes, told) => {
  expect(refusal(() => readTextFile(file(bytes)))).toBe(told)
})

test('a pipe, a folder and what is not there are told, and keep nobody waiting', () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  expect(refusal(() => readTextFile(pipe))).toBe('/pipe: is neither a file nor a folder')
  expect(refusal(() => readTextFile(folder))).toBe(': is neither a file nor a folder')
  expect(refusal(() => readTextFile(join(folder, 'none')))).toMatch(/^\/none: cannot be read: ENOENT/)
})

test.each([
  ['nothing', undefined, 'A chart is expected, { name, objects, images }, and this is none'],
  [
    'a function that was not called',
    () => ({}),
    'A chart is expected, { name, objects, images }, and this is none',
  ],
  [
    'an object of null',
    { name: 'x', objects: [null], images: [] },
    /^Chart x: objects\[0\]: is not a Kubernetes object/,
  ],
  [
    'a container of null',
    {
      ...{ name: 'x', images: [] },
      objects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [null] } }],
    },
    /^Chart x: its objects are not of the shape that Kubernetes has: /,
  ],
])('a chart of %s is refused', (_, chart, told) => {
  const given = chart as unknown as Chart
  expect(refusal(() => [admit(given), checkChart(given)])).toMatch(told)
})

const odd = fc.jsonValue({ maxDepth: 2 })
const or = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary }, { weight: 1, arbitrary: odd })
const name = fc.constantFrom('web', 'app', 'http', '')
const container = or(
  fc.record(
    {
      name: or(name),
      image: or(name),
      ports: or(fc.array(or(fc.record({ name: or(name), containerPort: or(fc.nat()) })))),
      livenessProbe: or(fc.record({ httpGet: or(fc.record({ port: or(name) })) })),
    },
    { requiredKeys: [] },
  ),
)
const labels = or(fc.dictionary(name, or(name)))
const spec = or(
  fc.record(
    { containers: or(fc.array(container)), initContainers: or(fc.array(container)) },
    { requiredKeys: [] },
  ),
)
const object = or(
  fc.record({
    apiVersion: or(fc.constant('v1')),
    kind: or(fc.constantFrom('Pod', 'Deployment', 'Service', 'Job', 'CronJob', 'Secret', 'List')),
    metadata: or(fc.record({ name: or(name), labels })),
    data: labels,
    spec: or(
      fc.record(
        {
          containers: or(fc.array(container)),
          selector: labels,
          ports: or(fc.array(or(fc.record({ targetPort: or(name) })))),
          template: or(fc.record({ metadata: or(fc.record({ labels })), spec })),
        },
        { requiredKeys: [] },
      ),
    ),
  }),
)

test('whatever a chart is made of, it is taken, or refused in one sentence', () => {
  const charts = fc.record({
    name: fc.string(),
    objects: fc.array(object, { maxLength: 3 }),
    images: fc.constant([]),
  })
  fuzz(
    fc.property(charts, (chart) => {
      const given = chart as unknown as Chart
      expect(refusal(() => [admit(given), checkChart(given)])).toMatch(/^.+$/s)
    }),
  )
})
