import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { fuzz } from '../model/testing.ts'
import { connectKube } from './kube-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-kubeconfig-'))
const path = join(folder, 'config')
afterAll(() => rmSync(folder, { recursive: true }))

function refusal(text: string, context?: string): string {
  writeFileSync(path, text)
  try {
    connectKube(path, context)
  } catch (error) {
    if (error instanceof UsageError)
      return `${error.message} ${error.evidence ?? ''}`.trim().replaceAll(path, 'config')
    throw error
  }
  return 'taken'
}

const good = {
  clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: 'hunter2-token' } }],
  contexts: [{ name: 'c', context: { cluster: 'a', user: 'u' } }],
  'current-context': 'c',
}

test('a kubeconfig is taken, and a context that it lacks is told with those that it has', () => {
  expect(refusal(JSON.stringify(good))).toBe('taken')
  expect(refusal(JSON.stringify(good), 'c')).toBe('taken')
  expect(refusal(JSON.stringify(good), 'd')).toBe(
    'config: its context "d" names no cluster that is in it It has the contexts c',
  )
})

test('one that is broken on the line of its token is told by its line alone', () => {
  const told = refusal('users:\n- name: u\n  user:\n    token: "hunter2-token" x\n')
  expect(told).toBe('config:4: is no kubeconfig that can be read: it is not YAML')
})

test('one that is not there is told by its path', () => {
  expect(() => connectKube(join(folder, 'none'))).toThrow(/none: is no kubeconfig that can be read: ENOENT$/)
})

test('whatever it holds, it is taken or refused in one sentence, without its token', () => {
  const odd = fc.jsonValue({ maxDepth: 2 })
  const part = <T>(right: T) => fc.oneof(fc.constant(right), odd)
  const configs = fc.oneof(
    fc.record({
      clusters: part(good.clusters),
      users: part(good.users),
      contexts: part(good.contexts),
      'current-context': part('c'),
    }),
    odd,
  )
  fuzz(
    fc.property(configs, fc.nat(400), (config, cut) => {
      const text = JSON.stringify(config)
      for (const one of [text, text.slice(0, cut)]) {
        const told = refusal(one)
        expect(told).toMatch(/^(taken|config.*: .+)$/s)
        if (told !== 'taken') expect(told).not.toContain('hunter2-t')
      }
    }),
    0.4,
  )
})
