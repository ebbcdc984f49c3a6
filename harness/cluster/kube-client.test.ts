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

/** An API server that gives these answers, one after the other, and what it was asked. */
async function serverOf(...answers: [number, object][]) {
  const asked: { path: string; body: unknown }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      asked.push({ path: `${request.method} ${request.url}`, body: JSON.parse(text) })
      const [status, body] = answers.shift() ?? [500, {}]
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'kube-client-'))
  const path = join(folder, 'config')
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [
      { name: 'test', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  }
  writeFileSync(path, JSON.stringify(config))
  undo.push(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return { kube: connectKube(path), asked }
}

const pod = { namespace: 'shop', name: 'web-1' }
const tooMany = (causes: object[]): [number, object] => [
  429,
  { kind: 'Status', reason: 'TooManyRequests', message: 'Cannot evict pod', details: { causes } },
]
const why = 'The disruption budget web needs 2 healthy pods and has 2 currently'

test('an eviction names the pod, its UID and its grace period', async () => {
  const { kube, asked } = await serverOf([201, { kind: 'Status', status: 'Success' }])
  expect(await kube.evict(pod, { uid: 'u', gracePeriodSeconds: 5 })).toEqual({ is: 'evicted' })
  expect(asked).toEqual([
    {
      path: 'POST /api/v1/namespaces/shop/pods/web-1/eviction',
      body: {
        ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata: pod },
        deleteOptions: { gracePeriodSeconds: 5, preconditions: { uid: 'u' } },
      },
    },
  ])
})

test("a budget's refusal is an answer, and is not asked for again", async () => {
  const { kube, asked } = await serverOf(tooMany([{ reason: 'DisruptionBudget', message: why }]))
  expect(await kube.evict(pod)).toEqual({ is: 'refused', why })
  expect(asked).toHaveLength(1)
})

test('a server that is too busy is asked again', async () => {
  const { kube, asked } = await serverOf(tooMany([]), [201, {}])
  expect(await kube.evict(pod)).toEqual({ is: 'evicted' })
  expect(asked).toHaveLength(2)
})

test('a pod that is not there is no error, and anything else is', async () => {
  const { kube } = await serverOf(
    [404, { reason: 'NotFound', message: 'pods "web-1" not found' }],
    [500, { reason: 'InternalError', message: 'more than one PodDisruptionBudget' }],
  )
  expect(await kube.evict(pod)).toEqual({ is: 'gone' })
  await expect(kube.evict(pod)).rejects.toThrow('Pod/shop/web-1: more than one PodDisruptionBudget')
})

test.each(['../../kube-system/pods/dns', '..', 'a%2Fb', 'a?b', 'a#b'])(
  'a name that would lead elsewhere is not asked for: %s',
  async (name) => {
    const { kube, asked } = await serverOf([200, {}])
    const there = { namespace: 'shop', name, container: 'app' }
    const ref = { apiVersion: 'v1', kind: 'Pod', ...there }
    const signal = AbortSignal.timeout(1_000)
    const ways: Promise<unknown>[] = [kube.get(ref), kube.delete(ref), kube.patch(ref, {})]
    ways.push(kube.evict(there), kube.logs(there), kube.exec(there, ['true']))
    ways.push(kube.followLogs(there, () => undefined, signal))
    for (const asking of ways) await expect(asking).rejects.toThrow('names no object of Kubernetes')
    expect(asked).toEqual([])
  },
)
