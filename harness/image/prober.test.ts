import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tryRun } from '../cluster/process.ts'

const prober = fileURLToPath(new URL('./prober.ts', import.meta.url))
/** The first that the prober would take. */
const firstPort = 1_024

/** Whoever has the port: it is taken. */
async function take(port: number): Promise<AsyncDisposable> {
  const server = createTcpServer().listen(port, '0.0.0.0')
  await Promise.race([once(server, 'listening'), once(server, 'error')])
  return { [Symbol.asyncDispose]: async () => void server.close() }
}

test('a port that is taken costs no request: the next one is', async () => {
  // So many that a connection that is kept meets one of them, too.
  await using _one = await take(firstPort)
  await using _two = await take(firstPort + 1)
  await using _three = await take(firstPort + 2)
  await using _four = await take(firstPort + 3)
  const shop = createServer((_, answer) => answer.end('open')).listen(0, '127.0.0.1')
  await once(shop, 'listening')
  const { port } = shop.address() as AddressInfo
  const rows: unknown[][] = []
  const enough = new AbortController()
  await tryRun(process.execPath, [prober, `http://127.0.0.1:${port}/`, '2000'], {
    signal: enough.signal,
    timeoutMs: 20_000,
    onLine(line) {
      rows.push(...(JSON.parse(line) as { rows: unknown[][] }).rows)
      if (rows.length >= 20) enough.abort()
    },
  })
  shop.close()
  shop.closeAllConnections()
  expect(rows.length).toBeGreaterThanOrEqual(20)
  const [ports, outcomes] = [rows.map((row) => row[3]), new Set(rows.map((row) => row[5]))]
  expect([...outcomes]).toEqual([200])
  expect(ports).toContain(firstPort + 4)
  expect(ports).not.toContain(firstPort)
})
