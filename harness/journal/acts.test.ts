import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { actJournal, closeActs, openActs } from './acts.ts'
import { ownCache } from './testing.ts'

const cache = ownCache()

const journal = () => actJournal('rolypoly-1', 'run-7')
const open = async () => (await openActs('rolypoly-1')).map(({ does, target }) => `${does} ${target}`)

test('an act is open from before it is done until it is struck out', async () => {
  const strikeOut = await journal().begin({ does: 'cordonNode', target: 'Node/worker' })
  await journal().begin({ does: 'makeNamespace', target: 'Namespace/a' })
  expect((await open()).toSorted()).toEqual(['cordonNode Node/worker', 'makeNamespace Namespace/a'])
  await strikeOut()
  await strikeOut()
  expect(await open()).toEqual(['makeNamespace Namespace/a'])
})

test('it is of one cluster, and says of which run it is; what is to be made anew is in it whole', async () => {
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker', labels: { zone: 'a' } } }
  await actJournal('rolypoly-2', 'run-8').begin({ does: 'deleteNode', target: 'Node/worker', object })
  expect(await open()).toEqual([])
  expect(await openActs('rolypoly-2')).toMatchObject([{ run: 'run-8', object }])
})

test('the latest is the first, as acts are undone', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000 })
  await journal().begin({ does: 'one', target: 'a' })
  vi.setSystemTime(2_000)
  await journal().begin({ does: 'two', target: 'a' })
  vi.useRealTimers()
  expect(await open()).toEqual(['two a', 'one a'])
})

test('one that cannot be read takes no other with it, and all of them can be closed', async () => {
  await journal().begin({ does: 'cordonNode', target: 'Node/worker' })
  const folder = join(cache(), 'clusters', 'rolypoly-1.acts')
  writeFileSync(join(folder, 'half.json'), '{"does": "cordon')
  writeFileSync(join(folder, 'other.json'), '{"does": 7}')
  expect(await open()).toEqual(['cordonNode Node/worker'])
  await closeActs('rolypoly-1')
  expect(await open()).toEqual([])
  expect(readdirSync(join(cache(), 'clusters'))).toEqual([])
  await closeActs('rolypoly-1')
})
