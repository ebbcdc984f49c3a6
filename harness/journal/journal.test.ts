import { execFileSync } from 'node:child_process'
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
  await writeEntry(entry('rolypoly-a'))
  await writeEntry(entry('rolypoly-b', { kept: true }))
  expect(await openEntries()).toEqual(
    expect.arrayContaining([entry('rolypoly-a'), entry('rolypoly-b', { kept: true })]),
  )
  await closeEntry('rolypoly-a')
  expect(await names()).toEqual(['rolypoly-b'])
  await closeEntry('rolypoly-a')
  expect(await names()).toEqual(['rolypoly-b'])
})

test('an entry that is written again takes the place of the first', async () => {
  await writeEntry(entry('rolypoly-a'))
  await writeEntry(entry('rolypoly-a', { kept: true }))
  expect(await openEntries()).toEqual([entry('rolypoly-a', { kept: true })])
})

test.each([
  ['is cut short', '{"cluster": "rolypoly-b"'],
  ['is of another shape', '{"cluster": "rolypoly-b", "nodes": "three"}'],
  ['is empty', ''],
])('an entry that %s is passed over, and takes no other with it', async (_, content) => {
  await writeEntry(entry('rolypoly-a'))
  writeFileSync(join(cache(), 'clusters', 'b.json'), content)
  expect(await names()).toEqual(['rolypoly-a'])
})

const homeConfig = '/home/me/.kube/config'
test.each([
  ["another's cluster", entry('kind')],
  ['a path', entry('rolypoly-b/../../../data')],
  ['a kubeconfig that is not its own', { ...entry('rolypoly-b'), kubeconfig: homeConfig }],
  ['no nodes', entry('rolypoly-b', { nodes: 0 })],
])('an entry of %s is none, for what it names would be deleted', async (_, other) => {
  await writeEntry(entry('rolypoly-a'))
  writeFileSync(join(cache(), 'clusters', 'b.json'), JSON.stringify(other))
  expect(await names()).toEqual(['rolypoly-a'])
})

test('a pipe and a huge file in its folder are passed over, and nobody waits for them', async () => {
  await writeEntry(entry('rolypoly-a'))
  execFileSync('mkfifo', [join(cache(), 'clusters', 'b.json')])
  const huge = join(cache(), 'clusters', 'c.json')
  writeFileSync(huge, JSON.stringify({ ...entry('rolypoly-c'), padding: ' '.repeat(5 * 1024 * 1024) }))
  expect(await names()).toEqual(['rolypoly-a'])
})

test('what is half written, a kubeconfig and a lock are no entries', async () => {
  await writeEntry(entry('rolypoly-a'))
  for (const name of ['rolypoly-b.json.part', 'rolypoly-b.kubeconfig', 'lock']) {
    writeFileSync(join(cache(), 'clusters', name), JSON.stringify(entry('rolypoly-b')))
  }
  expect(await names()).toEqual(['rolypoly-a'])
})

test("the folder is its user's own, and is in the cache", async () => {
  await writeEntry(entry('rolypoly-a'))
  expect(statSync(join(cache(), 'clusters')).mode & 0o077).toBe(0)
  expect(kubeconfigPath('rolypoly-a')).toBe(join(cache(), 'clusters', 'rolypoly-a.kubeconfig'))
  expect(readdirSync(join(cache(), 'clusters'))).toEqual(['rolypoly-a.json'])
})

test('only one at a time changes who owns what', async () => {
  let [inside, most] = [0, 0]
  const work = async () => {
    most = Math.max(most, ++inside)
    await writeEntry(entry('rolypoly-a'))
    inside--
    return most
  }
  expect(await Promise.all([withJournal(work), withJournal(work), withJournal(work)])).toEqual([1, 1, 1])
  expect(readdirSync(join(cache(), 'clusters'))).toEqual(['rolypoly-a.json'])
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
