import { expect, test } from 'vitest'
import { readProberLine } from './prober-lines.ts'

const line = (names: string[], ...rows: unknown[][]) => JSON.stringify({ t: 1_700_000_000_000, names, rows })

test('a request is told with its time, its port, its status and the pod that answered', () => {
  expect(readProberLine(line(['web-1'], [7, 12.5, 3.2, 49_322, 0, 200, 0]))).toEqual([
    {
      ...{ sentEpochMs: 1_700_000_000_012.5, seq: 7, connection: 'new', tookMs: 3.2, status: 200 },
      ...{ pod: 'web-1', port: 49_322 },
    },
  ])
})

test('a request that nobody answered by name has no pod', () => {
  const [unnamed] = readProberLine(line(['web-1'], [7, 0, 3, 49_322, 0, 'refused']))
  expect(unnamed).toMatchObject({ lost: 'refused', port: 49_322 })
  expect(unnamed).not.toHaveProperty('pod')
})

test('a reused connection has an age, and the pod that had answered on it where that is known', () => {
  const row = [8, 0, 1, 49_323, 1, 'reset']
  expect(readProberLine(line(['web-1', 'web-2'], [...row, 1, 850]))).toMatchObject([
    { connection: 'reused', pod: 'web-2', ageMs: 850, lost: 'reset', port: 49_323 },
  ])
  const [unnamed] = readProberLine(line(['web-1'], [...row, -1, 850]))
  expect(unnamed).toMatchObject({ connection: 'reused', ageMs: 850 })
  expect(unnamed).not.toHaveProperty('pod')
  expect(unnamed).not.toHaveProperty('status')
})

test.each([
  ['http://10.244.1.12:8080/', '10.244.1.12'],
  ['http://[fd00::12]:8080/slow?ms=300', 'fd00::12'],
])('an endpoint that was asked itself, %s, has its address, and neither a pod nor a port', (url, address) => {
  const [asked] = readProberLine(line(['web-1', url], [9, 0, 2, 49_324, 2, 200, 1]))
  expect(asked).toMatchObject({ connection: 'new', address })
  expect(asked).not.toHaveProperty('pod')
  expect(asked).not.toHaveProperty('port')
})

test.each([
  [200, undefined],
  [399, undefined],
  [400, 'status'],
  [199, 'status'],
  [503, 'status'],
])('the status %d is told, and is a good answer from 200 up to 399', (status, lost) => {
  const [asked] = readProberLine(line([], [1, 0, 2, 49_324, 0, status]))
  expect([asked?.status, asked?.lost]).toEqual([status, lost])
})

test('a line tells of several requests, in its own order', () => {
  const rows = [3, 1, 2].map((seq) => [seq, seq, 1, 49_000 + seq, 0, 200])
  expect(readProberLine(line([], ...rows)).map(({ seq }) => seq)).toEqual([3, 1, 2])
})

test.each([
  '',
  'Listening on 8080',
  '{"t":1}',
  line([], [1, 0, 2, 49_324, 3, 200]),
  line([], [1, 0, 2, 49_324, 0]),
  line([], ['1', 0, 2, 49_324, 0, 200]),
  line(['web-1'], [1, 0, 2, 49_324, 0, 200, 'web-1']),
])('what is no such line tells of none: %s', (text) => {
  expect(readProberLine(text)).toEqual([])
})
