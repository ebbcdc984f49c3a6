import { expect, test } from 'vitest'
import type { Prediction, Term } from '../../model/result.ts'
import { forecasts } from './forecast.ts'
import { page, type Told } from './print.ts'

const term = (name: string, earliestMs: number, ms: number, source: string): Term => ({
  ...{ term: name, earliestMs, ms, source },
})
const waits = term('it waits', 9_500, 10_000, 'https://kubernetes.io/probes')
const starts = term('it starts', 0, 3_000, 'measured')
const follows = term('the slice follows', 1_000, 1_000, 'https://kubernetes.io/probes')
const of = (...because: Term[]): Prediction => ({
  earliestMs: because.reduce((ms, { earliestMs = 0 }) => ms + earliestMs, 0),
  latestMs: because.reduce((all, { ms }) => all + ms, 0),
  because,
})
const told: Told = {
  ...{ subject: 'Deployment/web', replicas: 3, services: ['Service/web'] },
  faults: [
    {
      ...{ fault: 'A pod is hurt', call: 'hurt(pod)' },
      follows: [
        { what: 'app restarts', after: 'the hurt', predicted: of(waits, starts) },
        { what: 'it is back', after: 'the hurt', predicted: of(waits, starts, follows) },
        { what: 'it is elsewhere', after: 'the hurt', never: 'nobody owns it' },
      ],
    },
  ],
  weakSpots: [
    { subject: 'Deployment/web', weakness: 'one replica', consequence: 'It is away', remedy: 'Have two' },
  ],
}
const plain = { colour: false, width: 100 }

test('a page has each consequence with its terms and their sources, what is added to it alone, and the weak spots', () => {
  expect(page('web.yaml:', [told], ['Job/a is left out'], plain).split('\n')).toEqual([
    'web.yaml:',
    '',
    'Deployment/web: 3 replicas, in Service/web',
    '',
    'A pod is hurt: hurt(pod)',
    '  app restarts 9.5–13.0 s after the hurt',
    '      9.5–10.0 s  it waits [1]',
    '       0.0–3.0 s  it starts [2]',
    '  it is back 10.5–14.0 s after the hurt',
    '             as above, and then',
    '      1.0 s  the slice follows [1]',
    '  it is elsewhere: never, for nobody owns it',
    '',
    'Weak spots',
    '! Deployment/web: one replica.',
    '  It is away.',
    '  → Have two.',
    '',
    'Note: Job/a is left out',
    '',
    'Sources',
    '  [1] https://kubernetes.io/probes',
    '  [2] measured on kind, at rest: what the machine takes, which Kubernetes does not promise',
  ])
})

test('a workload without weak spots says so', () => {
  const alone = { ...told, replicas: 1, services: [], weakSpots: [] }
  const lines = page('', [alone], [], plain)
  expect(lines).toContain('Deployment/web: 1 replica, in no Service')
  expect(lines).toContain('No weak spot is seen in its spec')
})

test('colour codes come where they are asked for alone, and move nothing', () => {
  const coloured = page('', [told], [], { colour: true, width: 40 })
  const codes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
  expect(coloured).toMatch(codes)
  expect(coloured.replaceAll(codes, '')).toBe(page('', [told], [], { colour: false, width: 40 }))
})

test('no line is longer than the page is wide, in a pod with every probe and long names', () => {
  const name = `a-container-with-${'a-very-'.repeat(5)}long-name`
  const probe = { httpGet: { port: 80 }, periodSeconds: 300 }
  const container = { name, livenessProbe: probe, readinessProbe: probe, startupProbe: probe }
  const pod = { containers: [container], initContainers: [{ name: 'migrate' }] }
  const workload = { subject: 'Deployment/web', kind: 'Deployment', replicas: 3, labels: { app: 'web' }, pod }
  const service = {
    ...{ subject: 'Service/web', selector: { app: 'web' }, targetPorts: [80] },
    ...{ publishNotReadyAddresses: false, headless: false },
  }
  const faults = forecasts(workload, [service], {})
  const lines = page('', [{ ...told, faults }], [], plain).split('\n')
  expect(lines.length).toBeGreaterThan(100)
  expect(lines.filter(({ length }) => length > 100)).toEqual([])
})
