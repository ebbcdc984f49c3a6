import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { connectKube } from './kube-client.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const one of undo.splice(0)) one()
})

/** What becomes of a request: an answer, none ever, one that breaks off, or a connection that is cut. */
type Fate = { status: number; body?: object; retryAfter?: number } | 'silence' | 'breaks off' | 'cut'

const patience = { answerMs: 20_000, againForMs: 20_000 }
const pods = { name: 'pods', kind: 'Pod', namespaced: true }

function kubeconfig(server: string, takesAnyCertificate: boolean): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': takesAnyCertificate } }],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  })
}

/** An API server to which these things happen, one after the other; then it answers 200. Discovery always works. */
async function serverOf(fates: Fate[], over = patience) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const end = (status: number, body: object, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    }
    if (request.url === '/api/v1') return end(200, { resources: [pods] })
    asked.push(`${request.method} ${request.url?.replace(/\?.*/, '')}`)
    const fate = fates.shift() ?? { status: 200 }
    if (fate === 'silence') return
    if (fate === 'cut') return void request.socket.destroy()
    if (fate === 'breaks off') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 })
      return void response.write('{"gitV', () => request.socket.destroy())
    }
    const { status, body = {}, retryAfter } = fate
    end(status, body, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'kube-away-'))
  writeFileSync(join(folder, 'config'), kubeconfig(`http://127.0.0.1:${port}`, true))
  undo.push(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return { kube: connectKube(join(folder, 'config'), undefined, over), asked }
}

const status = (code: number, reason: string, details = {}): Fate => ({
  status: code,
  body: { kind: 'Status', reason, message: `it says ${reason}`, details },
})
const exists = status(409, 'AlreadyExists')
const notFound = status(404, 'NotFound')
const forbidden = status(403, 'Forbidden')

test.each<[string, Fate[]]>([
  ['cut', ['cut', 'cut']],
  ['broken off in the midst of its answer', ['breaks off']],
  ['answered 503', [status(503, 'ServiceUnavailable')]],
  ['answered 504', [status(504, 'Timeout')]],
  ['answered 429 with when to come again', [{ status: 429, body: {}, retryAfter: 1 }]],
  [
    'answered 500 by a server that has lost its etcd for a moment',
    [status(500, 'ServerTimeout', { retryAfterSeconds: 1 })],
  ],
  ['forbidden by a server that has just come back', ['cut', forbidden]],
])('a request that is %s is sent again', async (_, fates) => {
  const count = fates.length
  const { kube, asked } = await serverOf(fates)
  await kube.raw('/version')
  expect(asked).toHaveLength(count + 1)
})

test('a request that is without an answer is sent again', async () => {
  const { kube, asked } = await serverOf(['silence'], { answerMs: 300, againForMs: 20_000 })
  await kube.raw('/version')
  expect(asked.length).toBeGreaterThan(1)
})

test.each<[string, Fate, string]>([
  ['is forbidden', forbidden, 'it says Forbidden'],
  ['fails inside of the server', status(500, 'InternalError'), 'it says InternalError'],
  ['is not understood', status(400, 'BadRequest'), 'it says BadRequest'],
])('a request that %s is not sent again', async (_, fate, says) => {
  const { kube, asked } = await serverOf([fate])
  await expect(kube.raw('/version')).rejects.toThrow(`/version: ${says}`)
  expect(asked).toHaveLength(1)
})

test('a server that is none of a kubeconfig is not asked again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kube-away-'))
  undo.push(() => rmSync(folder, { recursive: true }))
  // The library sends nothing over HTTP unless the kubeconfig takes any certificate.
  writeFileSync(join(folder, 'config'), kubeconfig('http://127.0.0.1:1', false))
  const other = connectKube(join(folder, 'config'), undefined, { answerMs: 50, againForMs: 1e9 })
  await expect(other.raw('/version')).rejects.toThrow('HTTP protocol is not allowed')
})

test('a server that never answers is given up, in one sentence', async () => {
  const fates = Array<Fate>(100).fill('silence')
  const { kube, asked } = await serverOf(fates, { answerMs: 50, againForMs: 500 })
  await expect(kube.raw('/version')).rejects.toThrow('/version: the API server did not answer in time')
  expect(asked.length).toBeGreaterThan(1)
})

test('a command in a pod is given up where nothing is heard of it', async () => {
  const { kube } = await serverOf(['silence'], { answerMs: 300, againForMs: 500 })
  const asked = kube.exec({ namespace: 'shop', name: 'web-1', container: 'app' }, ['true'])
  await expect(asked).rejects.toThrow('Pod/shop/web-1/app: exec took longer than 300 ms')
})

test('a server that is away for good is given up, and the last word is told', async () => {
  const fates = Array<Fate>(100).fill('cut')
  const { kube } = await serverOf(fates, { answerMs: 50, againForMs: 500 })
  await expect(kube.raw('/version')).rejects.toThrow(
    '/version: the API server could not be asked: fetch failed: other side closed',
  )
})

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web-1' } }

test('what a lost answer had made is there: that is no conflict', async () => {
  const { kube, asked } = await serverOf(['cut', exists, { status: 200, body: pod }])
  expect(await kube.create(pod)).toEqual(pod)
  const [post, get] = ['POST /api/v1/namespaces/shop/pods', 'GET /api/v1/namespaces/shop/pods/web-1']
  expect(asked).toEqual([post, post, get])
})

test('what was there before is a conflict', async () => {
  const { kube } = await serverOf([exists])
  await expect(kube.create(pod)).rejects.toThrow('it says AlreadyExists')
})

test('what a lost answer had deleted was deleted by it', async () => {
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' }
  expect(await (await serverOf(['cut', notFound])).kube.delete(ref)).toBe(true)
  expect(await (await serverOf([notFound])).kube.delete(ref)).toBe(false)
})

const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' }
const { signal } = new AbortController()

test.each<[string, Fate, object]>([
  ['is too old', status(410, 'Expired'), { why: 'expired' }],
  ['is refused', status(429, 'TooManyRequests'), { why: 'failed' }],
  ['meets a server that is not well', status(503, 'ServiceUnavailable'), { why: 'failed' }],
  ['is cut', 'cut', { why: 'failed' }],
  [
    'is told by an event that it is too old',
    { status: 200, body: { type: 'ERROR', object: { code: 410 } } },
    {
      why: 'expired',
    },
  ],
])('a watch that %s ends with why', async (_, fate, end) => {
  const { kube } = await serverOf([fate])
  expect(await kube.watch(ref, '7', () => undefined, signal)).toMatchObject(end)
})
