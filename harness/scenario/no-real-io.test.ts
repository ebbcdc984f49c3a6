import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { withoutRealIo } from './no-real-io.ts'

test.each<[string, () => unknown, string]>([
  ['setTimeout', () => setTimeout(() => undefined, 1), 'hold('],
  ['poll', () => expect.poll(() => 1).toBe(1), 'hold('],
  ['setInterval', () => setInterval(() => undefined, 1), 'hold('],
  ['setTimeout', () => delay(1), 'hold('],
  ['fetch', () => fetch('http://127.0.0.1:9'), 'cluster.kube'],
  ['connect', () => connect(9, '127.0.0.1'), 'cluster.kube'],
  ['spawn', () => spawn('true'), 'cluster.kube'],
])('%s throws in a simulated scenario, and says what to use', async (name, act, remedy) => {
  const error = await withoutRealIo(async () => act()).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UsageError)
  expect(error).toMatchObject({
    message: `${name}: a simulated scenario has virtual time, and no real I/O`,
    remedy: expect.stringContaining(remedy),
  })
})

test('beside such a scenario everything goes on as before', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const simulated = withoutRealIo(() => promise)
  await delay(1)
  await new Promise((done) => setTimeout(done, 1))
  resolve()
  await simulated
})
