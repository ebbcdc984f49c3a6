import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryRun } from '../cluster/process.ts'
import {
  closeEntry,
  type JournalEntry,
  kubeconfigPath,
  openEntries,
  withJournal,
  writeEntry,
} from './journal.ts'
import { isAlive, thisProcess } from './owner.ts'
import { ownCache } from './testing.ts'

const cache = ownCache()

const entry = (cluster: string, parts: Partial<JournalEntry> = {}): JournalEntry => ({
  ...{ cluster, kubeconfig: kubeconfigPath(cluster), image: 'kindest/node:v1.34.4', nodes: 3, kept: false },
  owner: { host: hostname(), pid: process.pid, started: '1' },
  since: '2026-01-01T00:00:00Z',
  ...parts,
})
const names = async () => (await openEntries()).map(({ cluster }) => cluster).sort()

test('entries are open from when they are written until they are closed', async () => {
  expect(await openEntries()).toEqual([])
  await writeEntry(entry('a'))
  await writeEntry(entry('b', { kept: true }))
  expect(await openEntries()).toEqual(expect.arrayContaining([entry('a'), entry('b', { kept: true })]))
  await closeEntry('a')
  expect(await names()).toEqual(['b'])
  await closeEntry('a')
  expect(await names()).toEqual(['b'])
})

test('an entry that is written again takes the place of the first', async () => {
  await writeEntry(entry('a'))
  await writeEntry(entry('a', { kept: true }))
  expect(await openEntries()).toEqual([entry('a', { kept: true })])
})

test.each([
  ['is cut short', '{"cluster": "b"'],
  ['is of another shape', '{"cluster": "b", "nodes": "three"}'],
  ['is empty', ''],
])('an entry that %s is passed over, and takes no other with it', async (_, content) => {
  await writeEntry(entry('a'))
  writeFileSync(join(cache(), 'clusters', 'b.json'), content)
  expect(await names()).toEqual(['a'])
})

test('what is half written, a kubeconfig and a lock are no entries', async () => {
  await writeEntry(entry('a'))
  for (const name of ['b.json.part', 'b.kubeconfig', 'lock']) {
    writeFileSync(join(cache(), 'clusters', name), JSON.stringify(entry('b')))
  }
  expect(await names()).toEqual(['a'])
})

test("the folder is its user's own, and is in the cache", async () => {
  await writeEntry(entry('a'))
  expect(statSync(join(cache(), 'clusters')).mode & 0o077).toBe(0)
  expect(kubeconfigPath('a')).toBe(join(cache(), 'clusters', 'a.kubeconfig'))
  expect(readdirSync(join(cache(), 'clusters'))).toEqual(['a.json'])
})

test('only one at a time changes who owns what', async () => {
  let [inside, most] = [0, 0]
  const work = async () => {
    most = Math.max(most, ++inside)
    await writeEntry(entry('a'))
    inside--
    return most
  }
  expect(await Promise.all([withJournal(work), withJournal(work), withJournal(work)])).toEqual([1, 1, 1])
  expect(readdirSync(join(cache(), 'clusters'))).toEqual(['a.json'])
})

test('this process is alive, and one of its number that began at another time is not it', async () => {
  const me = await thisProcess()
  expect(me).toMatchObject({ host: hostname(), pid: process.pid })
  expect(me.started).not.toBe('')
  expect(await isAlive(me)).toBe(true)
  expect(await isAlive({ ...me, started: `${me.started}0` })).toBe(false)
})

test('a process that has ended is dead; one of another machine may be alive', async () => {
  const ran = await tryRun('sh', ['-c', 'echo $$'])
  const gone = { host: hostname(), pid: Number(ran.stdout), started: '1' }
  expect(await isAlive(gone)).toBe(false)
  expect(await isAlive({ ...gone, host: 'elsewhere' })).toBe(true)
})

test('a cluster that was released belongs to nobody', async () => {
  expect(await isAlive({ host: hostname(), pid: 0, started: 'released' })).toBe(false)
})
