import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzzAsync, mangled } from '../model/testing.ts'
import { openActs } from './acts.ts'
import { actsFolder, clustersFolder, kubeconfigPath, openEntries, writeEntry } from './journal.ts'
import { ownCache } from './testing.ts'

// What is in the journal is deleted, undone or made anew some day. Whatever is found there, it is what rolypoly could have
// written, or it is passed over, and the entry beside it is read.

ownCache()
const cluster = 'rolypoly-12ab'
const owner = { host: 'here', pid: 7, started: '1' }
const entry = (of: string) => ({
  ...{ cluster: of, kubeconfig: kubeconfigPath(of), image: 'kindest/node:v1.34.4', nodes: 3 },
  ...{ kept: true, owner, since: '2026-01-01T00:00:00Z' },
})

test('entries of clusters', async () => {
  await writeEntry(entry('rolypoly-good'))
  const anything = mangled(JSON.stringify(entry(cluster)), JSON.stringify({ ...entry(cluster), owner: null }))
  const property = fc.asyncProperty(anything, async (text) => {
    writeFileSync(join(clustersFolder(), 'any.json'), text)
    const found = await openEntries()
    expect(found.map((one) => one.cluster)).toContain('rolypoly-good')
    for (const one of found) {
      expect(one.cluster).toMatch(/^rolypoly-[a-z0-9-]+$/)
      expect(one.kubeconfig).toBe(kubeconfigPath(one.cluster))
      expect(one.nodes).toBeGreaterThan(0)
    }
  })
  await fuzzAsync(property)
})

test('acts in a cluster', async () => {
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker' } }
  const act = { does: 'deleteNode', target: 'Node/worker', run: 'r', since: '2026-01-01T00:00:00Z', object }
  mkdirSync(actsFolder(cluster), { recursive: true })
  writeFileSync(join(actsFolder(cluster), 'good.json'), JSON.stringify({ ...act, does: 'good' }))
  const property = fc.asyncProperty(mangled(JSON.stringify(act)), async (text) => {
    writeFileSync(join(actsFolder(cluster), 'any.json'), text)
    const found = await openActs(cluster)
    expect(found.map(({ does }) => does)).toContain('good')
    for (const one of found) {
      expect([one.does, one.target, one.run, one.since].map((value) => typeof value)).toEqual(
        Array(4).fill('string'),
      )
      expect(['object', 'undefined']).toContain(typeof one.object)
    }
  })
  await fuzzAsync(property)
})
