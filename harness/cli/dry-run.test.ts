import { expect, test } from 'vitest'
import type { ScenarioResult } from '../model/result.ts'
import { rehearsalLines } from './dry-run.ts'

const existing = {
  ...{ context: 'stage', imagesPresent: false, allowNodeFaults: ['w1', 'w2'], allowPrivileged: false },
  atMostHurt: 10,
}
const scenario = (parts: Partial<ScenarioResult>): ScenarioResult => ({
  ...{ id: 'a', title: 'a pod is killed', file: 'scenarios/a.scenario.ts', exclusive: false },
  ...{ verdict: 'passed', startedAt: '', durationMs: 0, faults: [], claims: [], intervals: [], gaps: [] },
  ...{ diagnostics: [], ...parts },
})
const apps = { apiGroup: 'apps', resource: 'deployments' }
const pods = { apiGroup: '', resource: 'pods' }
const own = [{ verb: 'list', ...pods }]

test('what a scenario makes, hurts and asks for, beyond what all ask for, and what is not granted', () => {
  const permissions = [
    { verb: 'patch', ...apps },
    { verb: 'create', ...apps },
    { verb: 'list', ...pods },
    { verb: 'delete', ...pods },
  ]
  const hurt = { kind: 'killPod', target: 'Pod/rolypoly-a/web', injectedAtMs: 0, receipt: null }
  const made = ['Deployment/web', 'Namespace/rolypoly-a']
  const played = scenario({ faults: [hurt], rehearsal: { permissions, made, hurtAtOnce: 10 } })
  const lines = rehearsalLines([played], own, [{ verb: 'create', ...apps }], existing)
  expect(lines.slice(4)).toEqual([
    ...['', 'scenarios/a.scenario.ts: a pod is killed'],
    ...['  makes, and deletes:', '    Namespace/rolypoly-a', '    Deployment/web'],
    ...['  hurts:', '    killPod: Pod/rolypoly-a/web'],
    ...['  asks:', '    create, patch deployments.apps (NOT GRANTED: create)', '    delete pods'],
    ...['', 'One permission is not granted.'],
  ])
  expect(lines.slice(1, 3)).toEqual(['  every scenario:', '    list pods'])
})

test('nodes are asked for by the names that were given', () => {
  const permissions = [{ verb: 'patch', apiGroup: '', resource: 'nodes' }]
  const played = scenario({ rehearsal: { permissions, made: [], hurtAtOnce: 0 } })
  const lacking = [{ verb: 'patch', apiGroup: '', resource: 'nodes', name: 'w2' }]
  const lines = rehearsalLines([played], own, lacking, existing)
  expect(lines).toContain('    patch nodes w1')
  expect(lines).toContain('    patch nodes w2 (NOT GRANTED: patch)')
  expect(rehearsalLines([played], own, [], existing).at(-1)).toBe('Every permission is granted.')
})

test('what hurts more pods at once than may be hurt there is told with what would allow it', () => {
  const played = scenario({ rehearsal: { permissions: [], made: [], hurtAtOnce: 11 } })
  expect(rehearsalLines([played], own, [], existing)).toContain(
    '  is refused there: it hurts 11 pods at once, and 10 may be hurt: --at-most-hurt 11 allows it',
  )
})

test('what would be skipped there is told apart from what a rehearsal cannot play', () => {
  const skipped = (why: string) => scenario({ verdict: 'skipped', skippedBecause: why })
  const told = (one: ScenarioResult) => rehearsalLines([one], own, [], existing).at(-3)
  expect(told(skipped('failProbe: a cluster by existing lacks it'))).toBe(
    '  is skipped: failProbe: a cluster by existing lacks it',
  )
  expect(told(skipped('CronJob/a: a cluster by simulated lacks it'))).toContain('could not be rehearsed')
  const failed = scenario({ verdict: 'error', error: { message: 'no image' } })
  expect(told(failed)).toContain('may do and ask for more: no image')
})
