import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { EnvironmentError, RolypolyError, UsageError } from '../model/errors.ts'
import { type Download, download } from './download.ts'
import { requestOf } from './proxy.ts'

const content = Buffer.alloc(200_000, 'rolypoly ')
const sha256 = createHash('sha256').update(content).digest('hex')

const mirror = createServer(({ headers }, response) => {
  authorized.push(headers.authorization)
  response.setHeader('content-length', content.length).end(content)
})
/** Passes plain requests on, and lets nobody through to anything else. */
const proxy = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  ask(request.url ?? '', { headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  }).end()
})
proxy.on('connect', ({ url }, socket) => {
  asked.push(`CONNECT ${url}`)
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
})
const servers = [mirror, proxy]
const at = (server: typeof mirror) => `127.0.0.1:${(server.address() as AddressInfo).port}`

let [asked, authorized]: [string[], (string | undefined)[]] = [[], []]
let folder = ''
let lines: string[] = []
beforeAll(() =>
  Promise.all(servers.map((server) => new Promise<void>((up) => server.listen(0, '127.0.0.1', up)))),
)
afterAll(() => {
  for (const server of servers) server.close()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolypoly-proxy-'))
  ;[asked, authorized, lines] = [[], [], []]
})
afterEach(() => rmSync(folder, { recursive: true }))

function get(env: NodeJS.ProcessEnv, more: Partial<Download> = {}): Promise<void> {
  return download({
    ...{
      what: 'tool 1.0',
      url: `http://${at(mirror)}/tool`,
      path: join(folder, 'tool'),
      sha256,
      env,
      retries: 0,
    },
    ...{ onProgress: (line) => lines.push(line), stallMs: 5_000, ...more },
  })
}

async function errorOf(promise: Promise<unknown>): Promise<RolypolyError> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  if (!(error instanceof RolypolyError)) throw new Error(`an error of rolypoly's was expected: ${error}`)
  return error
}

test.each(['HTTP_PROXY', 'http_proxy'])('%s is asked for an http address', async (name) => {
  await get({ [name]: `http://${at(proxy)}` })
  expect(asked).toEqual([`GET http://${at(mirror)}/tool`])
  expect(readFileSync(join(folder, 'tool'))).toEqual(content)
})

test('a proxy may be a host and a port alone, as curl has it', async () => {
  await get({ HTTP_PROXY: at(proxy) })
  expect(asked).toHaveLength(1)
})

test('what NO_PROXY names is asked straight', async () => {
  await get({ HTTP_PROXY: `http://${at(proxy)}`, NO_PROXY: 'example.com,127.0.0.1' })
  expect(asked).toEqual([])
  expect(authorized).toHaveLength(1)
})

test('HTTPS_PROXY is asked to let an https address through, and its refusal is told', async () => {
  const error = await errorOf(
    get({ HTTPS_PROXY: `http://${at(proxy)}` }, { url: 'https://kind.invalid/tool' }),
  )
  expect(asked).toEqual(['CONNECT kind.invalid:443'])
  expect(error.message).toMatch(
    /^tool 1\.0 could not be downloaded from https:\/\/kind\.invalid\/tool: .*403/,
  )
})

test('HTTPS_PROXY is none of an http address’ business', async () => {
  await get({ HTTPS_PROXY: `http://${at(proxy)}` })
  expect(asked).toEqual([])
})

test.each(['socks5://u:hunter2@proxy:1', 'http://u:hunter2@'])(
  'a proxy that is none is not shown: %s',
  async (given) => {
    const error = await errorOf(get({ HTTP_PROXY: given }))
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toBe('HTTP_PROXY is no http or https address')
    expect(JSON.stringify({ ...error, lines })).not.toContain('hunter2')
  },
)

test('a mirror’s user and password go into a header, and into no line', async () => {
  await get({}, { url: `http://me:hunter%402@${at(mirror)}/tool` })
  expect(authorized).toEqual([`Basic ${Buffer.from('me:hunter@2').toString('base64')}`])
  expect(lines.join()).not.toContain('hunter')
  const other = `http://me:hunter2@${at(mirror)}/tool`
  const error = await errorOf(get({}, { url: other, sha256: 'f'.repeat(64) }))
  expect(error.message).not.toContain('hunter2')
  expect(requestOf(other).url).toBe(`http://${at(mirror)}/tool`)
})

test('how far it is, is told on the way', async () => {
  await get({}, { progressEveryMs: 0 })
  expect(lines.slice(1, -1)).toContain('tool 1.0: 0.2 MB of 0.2 MB')
  expect(lines.at(-1)).toBe('tool 1.0: 0.2 MB with the expected sha256')
})

test.each([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk is full'],
  ['EROFS', 'EROFS: read-only'],
])('a disk that answers %s is told at once, by its folder, and nothing is left', async (code, why) => {
  let written = 0
  const openFile = async () => ({
    appendFile: async () => {
      written++
      throw Object.assign(new Error(`${code}: read-only`), { code })
    },
    sync: async () => undefined,
    close: async () => undefined,
  })
  const error = await errorOf(get({}, { openFile, retries: 3 }))
  expect(error).toBeInstanceOf(EnvironmentError)
  expect(error.message).toBe(`tool 1.0 could not be written to ${folder}: ${why}`)
  expect(error.remedy).toContain('ROLYPOLY_CACHE')
  expect(written).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})
