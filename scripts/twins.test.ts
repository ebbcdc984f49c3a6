import { describe, expect, test } from 'vitest'
import type { ScenarioResult } from '../harness/model/result.ts'
import { claimOf, faultOn, podOf, scenarioOf } from './testing.ts'
import { isClaim, twinOf, wrongWith } from './twins.ts'

describe('what a title says', () => {
  test('a claim and what is broken', () => {
    expect(twinOf('violates toRestart: a probe: never gives up')).toEqual({
      ...{ comesTo: 'violated', claim: 'toRestart', broken: 'a probe: never gives up' },
    })
  })

  test('words of a message, quotes among them', () => {
    expect(twinOf('error ""htpp", which is not declared": port.yaml')).toEqual({
      ...{ comesTo: 'error', words: '"htpp", which is not declared', broken: 'port.yaml' },
    })
    expect(twinOf('inconclusive "0 of 2": never steady')).toMatchObject({ comesTo: 'inconclusive' })
  })

  test('another title is that of no twin', () => {
    expect(twinOf('a killed pod is replaced')).toBeUndefined()
    expect(wrongWith(scenarioOf())).toBe('its title does not say what it must come to')
  })

  test('a claim is known by its whole name', () => {
    expect(isClaim('toRestart({ times: 1 })', 'toRestart')).toBe(true)
    expect(isClaim('makes the promise at all', 'makes the promise at all')).toBe(true)
    expect(isClaim('toStayUp()', 'toStay')).toBe(false)
  })
})

describe('a twin that a claim must find', () => {
  const violated = claimOf({ verdict: 'violated' })
  const twin = (parts: Partial<ScenarioResult> = {}) =>
    scenarioOf({
      ...{ title: 'violates toRestart: a probe that never gives up', verdict: 'violated' },
      ...{ claims: [violated, claimOf({ statement: 'toLeaveEndpoints()' })] },
      ...{ faults: [faultOn('Pod/shop/web-1/app')], intervals: [podOf('web-1'), podOf('web-2')] },
      ...parts,
    })
  const blaming = (subject: string) => [claimOf({ subject, verdict: 'violated' })]

  test('found by its claim, under its subject, with its time', () => {
    expect(wrongWith(twin())).toBeUndefined()
  })

  test('not found', () => {
    expect(wrongWith(twin({ verdict: 'passed' }))).toBe('it is passed: nothing was violated')
    const error = { message: 'no node' }
    expect(wrongWith(twin({ verdict: 'error', error }))).toBe('it is error: no node')
  })

  test('found by another claim, or by another one too', () => {
    const other = claimOf({ statement: 'toStayUp()', verdict: 'violated' })
    expect(wrongWith(twin({ claims: [violated, other] }))).toMatch(/^toStayUp\(\) was violated instead: /)
  })

  test('told without its subject or its time', () => {
    const of = (message: string) => wrongWith(twin({ claims: [claimOf({ verdict: 'violated', message })] }))
    expect(of('it went at 3.00 s')).toBe('the message does not begin with its subject: it went at 3.00 s')
    expect(of('Pod/shop/web-1: it went')).toBe('the message does not say when: Pod/shop/web-1: it went')
  })

  test.each([
    'Pod/shop/web-1',
    'Pod/shop/web-1/app',
    'Pod/shop/web-2',
    'Deployment/shop/web',
    'ReplicaSet/shop/web-5d4f',
    'Workload/shop/all',
  ])('%s belongs to what was hurt', (subject) => {
    expect(wrongWith(twin({ claims: blaming(subject) }))).toBeUndefined()
  })

  test.each(['Pod/shop/web-1', 'Deployment/shop/web'])('%s is hurt by the loss of its node', (subject) => {
    const faults = [faultOn('Node/worker')]
    expect(wrongWith(twin({ faults, claims: blaming(subject) }))).toBeUndefined()
  })

  test('an orphan belongs to those that let it go', () => {
    const released = { ...podOf('web-1'), kind: 'pod-released', toMs: 0 }
    const of = (...more: (typeof released)[]) =>
      wrongWith(twin({ intervals: [podOf('web-1', null), ...more], claims: blaming('Deployment/shop/web') }))
    expect(of(released)).toBeUndefined()
    expect(of({ ...released, subject: 'Pod/shop/web-2' })).toContain('was blamed')
  })

  test.each(['Pod/shop/db-1', 'Pod/shop/web-10', 'Deployment/shop/db', 'Deployment/shop/we'])(
    '%s is none of those that were hurt',
    (subject) => {
      const intervals = [podOf('web-1'), podOf('db-1', null, 'worker2'), podOf('web-10', 'web-10', 'worker2')]
      expect(wrongWith(twin({ intervals, claims: blaming(subject) }))).toContain(
        `${subject} was blamed, whose workload no fault has hit`,
      )
    },
  )

  test('what ran on another node than the lost one was not hurt', () => {
    const intervals = [podOf('web-1'), podOf('db-1', 'db-77', 'worker2')]
    const faults = [faultOn('Node/worker')]
    expect(wrongWith(twin({ faults, intervals, claims: blaming('Pod/shop/db-1') }))).toMatch(/was blamed/)
  })

  test('two pods that nothing owns are no siblings', () => {
    const intervals = [podOf('web-1', null), podOf('db-1', null)]
    expect(wrongWith(twin({ intervals, claims: blaming('Pod/shop/db-1') }))).toMatch(/was blamed/)
  })

  test('a fault that was refused has hit nobody, and any subject will do', () => {
    expect(wrongWith(twin({ faults: [] }))).toBeUndefined()
  })
})

describe('a twin that the harness must refuse', () => {
  const refused = (message: string, verdict: ScenarioResult['verdict'] = 'error') =>
    wrongWith(scenarioOf({ title: 'error "is not YAML": a.yaml', verdict, error: { message } }))

  test('in one sentence that holds the words', () => {
    expect(refused('a.yaml is not YAML')).toBeUndefined()
  })

  test('with another verdict, other words, or more than a sentence', () => {
    expect(refused('a.yaml is not YAML', 'passed')).toBe('it is passed')
    expect(refused('there is no file')).toBe('its message is: there is no file')
    expect(refused('a.yaml is not YAML\nat line 3')).toMatch(/more than one sentence/)
  })
})
