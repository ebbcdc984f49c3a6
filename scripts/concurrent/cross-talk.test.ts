import { expect, test } from 'vitest'
import type { ScenarioResult } from '../../harness/model/result.ts'
import { crossTalk, mostAtOnce, namespacesIn } from './cross-talk.ts'

const watched = (kind: string, namespace?: string) =>
  JSON.stringify({ source: 'watch', kind, object: { metadata: { name: 'web', namespace } } })
const step = JSON.stringify({ source: 'step', step: 'hold' })
const played = (id: string, more: Partial<ScenarioResult> = {}): ScenarioResult => ({
  ...{ id, title: id, file: '', exclusive: false, verdict: 'passed', startedAt: '2026-05-04T01:00:00Z' },
  ...{ durationMs: 1_000, faults: [], claims: [], intervals: [], gaps: [], diagnostics: [], ...more },
})
const scenarios = [played('a'), played('b')]
const apart = new Map([
  ['a', [watched('Pod', 'shop-1'), watched('Node'), step]],
  ['b', [watched('Pod', 'shop-2')]],
])

test('a recording holds the namespaces of what was watched', () => {
  expect([...namespacesIn([watched('Pod', 'a'), watched('Event', 'a'), watched('Node'), step])]).toEqual([
    'a',
  ])
})

test('scenarios of which each has its own have no cross-talk', () => {
  expect(crossTalk(scenarios, apart)).toEqual([])
})

test('a recording with an object of another is cross-talk, on both sides', () => {
  const b = [watched('Pod', 'shop-2'), watched('Pod', 'shop-1')]
  const told = crossTalk(scenarios, new Map([...apart, ['b', b]])).join('\n')
  expect(told).toContain('b: its recording has objects of 2 namespaces')
  expect(told).toContain('a: shares its namespace with b')
})

test('a recording of nothing is none', () => {
  expect(crossTalk(scenarios, new Map([...apart, ['b', []]]))).toEqual([
    'b: its recording has objects of 0 namespaces, not of one',
  ])
})

test('a result that names what is of another is cross-talk', () => {
  const [a, b] = scenarios
  if (!a || !b) throw new Error()
  const told = crossTalk([a, { ...b, error: { message: 'Pod/shop-1/web is gone' } }], apart)
  expect(told).toEqual(['b: its result names objects of a'])
})

test("a kubelet's journal may tell of others on its node", () => {
  const journal = { subject: 'Node/worker', what: 'kubelet journal', text: 'SyncLoop ADD shop-1/web' }
  const [a, b] = scenarios
  if (!a || !b) throw new Error()
  expect(crossTalk([a, { ...b, diagnostics: [journal] }], apart)).toEqual([])
})

test('those that overlap were played at once', () => {
  const at = (id: string, second: number) =>
    played(id, { startedAt: `2026-05-04T01:00:0${second}Z`, durationMs: 2_000 })
  expect(mostAtOnce([at('a', 0), at('b', 1), at('c', 2), at('d', 6)])).toBe(2)
  expect(mostAtOnce([])).toBe(0)
})
