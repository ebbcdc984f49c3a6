import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { EnvironmentError } from '../model/errors.ts'
import { type Download, download } from './download.ts'

const content = Buffer.alloc(300_000, 'rolypoly ')
const sha256 = createHash('sha256').update(content).digest('hex')

/** How the next request is answered; the last one goes on answering. */
let answers: ((response: ServerResponse) => void | Promise<void>)[] = []
let requests = 0
const server = createServer((_, response) => {
  requests++
  const answer = answers.length > 1 ? answers.shift() : answers[0]
  void answer?.(response)
})

const right = (response: ServerResponse) => void response.end(content)
const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end('no')
const truncated = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': content.length })
  response.write(content.subarray(0, 100_000), () => response.destroy())
}
const silent = (response: ServerResponse) => void response.write(content.subarray(0, 1_000))
const slow = async (response: ServerResponse) => {
  for (let at = 0; at < content.length; at += 30_000) {
    response.write(content.subarray(at, at + 30_000))
    await delay(110)
  }
  response.end()
}

let folder = ''
let url = ''
let lines: string[] = []
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tool`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolypoly-download-'))
  requests = 0
  lines = []
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

function get(more: Partial<Download> = {}): Promise<void> {
  const path = join(folder, 'tool')
  return download({
    what: 'tool 1.0',
    url,
    path,
    sha256,
    retryAfterMs: 5,
    // No test but those of silence rests on how busy the machine is.
    stallMs: 30_000,
    onProgress: (line) => lines.push(line),
    ...more,
  })
}

async function errorOf(promise: Promise<unknown>): Promise<EnvironmentError> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  if (!(error instanceof EnvironmentError)) throw new Error(`an EnvironmentError was expected: ${error}`)
  return error
}

test('the file is there whole, executable and alone, and progress is told', async () => {
  answers = [right]
  await get()
  expect(readFileSync(join(folder, 'tool'))).toEqual(content)
  expect(statSync(join(folder, 'tool')).mode & 0o111).not.toBe(0)
  expect(readdirSync(folder)).toEqual(['tool'])
  expect(lines).toEqual([`tool 1.0: downloading ${url}`, 'tool 1.0: 0.3 MB with the expected sha256'])
})

test('another hash than expected is told, kept nowhere, and not asked for again', async () => {
  answers = [(response) => void response.end('something else')]
  const error = await errorOf(get())
  expect(error.message).toBe(`tool 1.0 from ${url} has another sha256 than expected`)
  const actual = createHash('sha256').update('something else').digest('hex')
  expect(error.evidence).toBe(`expected ${sha256}\nactual   ${actual} (14 bytes)`)
  expect(requests).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('server errors, truncated answers and silence are tried again', async () => {
  answers = [status(503), status(429), truncated, right]
  await get()
  expect(requests).toBe(4)
  expect(lines[1]).toMatch(/^tool 1\.0: it answered 503 Service Unavailable; trying again in \d+ ms$/)
  expect(lines).toHaveLength(5)
  expect(readdirSync(folder)).toEqual(['tool'])

  answers = [silent, right]
  await get({ stallMs: 200 })
  expect(lines.join('\n')).toContain('nothing came for 200 ms; trying again')
})

test('a download that is slow, but goes on, is left alone', async () => {
  answers = [slow]
  await get({ stallMs: 1_000 })
  expect(requests).toBe(1)
  expect(readFileSync(join(folder, 'tool'))).toEqual(content)
})

test.each([
  [
    'a server error',
    status(500),
    30_000,
    /could not be downloaded from .*: it answered 500 Internal Server Error$/,
  ],
  [
    'a truncated answer',
    truncated,
    30_000,
    /could not be downloaded from .*: it broke off after \d+ of 300000 bytes/,
  ],
  ['silence', silent, 200, /could not be downloaded from .*: nothing came for 200 ms$/],
])('%s that stays is an error, and leaves nothing', async (_, answer, stallMs, message) => {
  answers = [answer]
  const error = await errorOf(get({ retries: 1, stallMs }))
  expect(error.message).toMatch(message)
  expect(error.remedy).toBeDefined()
  expect(requests).toBe(2)
  expect(lines).toHaveLength(2)
  expect(readdirSync(folder)).toEqual([])
})

test('a refusal is not asked for again', async () => {
  answers = [status(404)]
  expect((await errorOf(get())).message).toBe(
    `tool 1.0 could not be downloaded from ${url}: it answered 404 Not Found`,
  )
  expect(requests).toBe(1)
})

test('a server that is not there is named with the reason', async () => {
  const gone = createServer()
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
  const { port } = gone.address() as AddressInfo
  await new Promise((resolve) => gone.close(resolve))
  const error = await errorOf(get({ url: `http://127.0.0.1:${port}/tool`, retries: 1 }))
  const reason = /fetch failed: connect ECONNREFUSED/
  expect(error.message).toMatch(reason)
  expect(lines[1]).toMatch(reason)
})

test('a failure at each of several addresses, which has no message, is named by its code', async () => {
  const cause = Object.assign(new AggregateError([]), { code: 'ENETUNREACH' })
  vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(new TypeError('fetch failed', { cause }))
  expect((await errorOf(get({ retries: 0 }))).message).toMatch(/: fetch failed: ENETUNREACH$/)
})

test('an abort ends the download with its reason, and leaves nothing', async () => {
  answers = [silent]
  const controller = new AbortController()
  const reason = new Error('interrupted')
  setTimeout(() => controller.abort(reason), 50)
  await expect(get({ signal: controller.signal })).rejects.toBe(reason)
  expect(readdirSync(folder)).toEqual([])
})

test('what killed downloads left is removed once it is old; other files stay', async () => {
  answers = [right]
  const long = new Date(Date.now() - 2 * 60 * 60 * 1_000)
  for (const name of ['tool.old.part', 'tool.young.part', 'other.old.part', 'tool.lock']) {
    writeFileSync(join(folder, name), 'x')
    if (!name.includes('young')) utimesSync(join(folder, name), long, long)
  }
  await get()
  expect(readdirSync(folder).sort()).toEqual(['other.old.part', 'tool', 'tool.lock', 'tool.young.part'])
})
