import { expect, test } from 'vitest'
import type { ClaimResult, IntervalResult, Result, ScenarioResult } from '../../model/result.ts'
import { compareRuns } from './compare.ts'
import { areOrdered, keyEvents } from './key-events.ts'
import { parityPage } from './print.ts'

const interval = (kind: string, subject: string, fromMs: number, toMs: number | null, detail = {}) =>
  ({ kind, subject, fromMs, toMs, detail }) as IntervalResult

/** A killed container: pods have other names in every run. */
function scenario(pod: string, restartMs: number, more: Partial<ScenarioResult> = {}): ScenarioResult {
  const subject = `Pod/${pod}`
  return {
    ...{ id: 'one', title: 'a killed container comes back', file: 'one.scenario.ts', exclusive: false },
    ...{ verdict: 'passed', startedAt: '', durationMs: 20_000, gaps: [], diagnostics: [], claims: [] },
    faults: [
      {
        ...{ kind: 'killContainer', target: `${subject}/web`, injectedAtMs: 4_900 },
        receipt: { atMs: 5_000, observedBy: 'watch of pods', evidence: '' },
      },
    ],
    intervals: [
      interval('pod', subject, 100, null),
      interval('container-running', `${subject}/web`, 900, 5_000),
      interval('container-running', `${subject}/web`, 5_000 + restartMs, null),
      interval('pod-ready', subject, 1_000, 5_010),
      interval('pod-ready', subject, 5_100 + restartMs, null),
      interval('pod-ready', 'Pod/shop/another', 1_000, null),
    ],
    ...more,
  }
}

const run = (...scenarios: ScenarioResult[]) => ({ scenarios }) as Result
const claim = (more: Partial<ClaimResult>): ClaimResult => ({
  ...{ statement: 'toRestart()', subject: 'Pod/shop/a', sort: 'response', verdict: 'passed', message: '' },
  ...more,
})

test('key events have the same names in every run, from the receipt on', () => {
  expect(keyEvents(scenario('shop-1/web-x', 700))).toEqual([
    { name: 'the pod container ends', atMs: 0 },
    { name: 'the pod is no longer ready', atMs: 10 },
    { name: 'the pod container runs', atMs: 700 },
    { name: 'the pod is ready', atMs: 800 },
  ])
})

test('what comes in its place, what happens again, the node and the revert have names too', () => {
  const subject = 'Pod/shop/web-1'
  const events = keyEvents(
    scenario('shop/web-1', 0, {
      faults: [
        {
          ...{ kind: 'stopNode', target: 'Node/n1', injectedAtMs: 4_000, revertedAtMs: 9_000 },
          receipt: { atMs: 5_000, observedBy: '', evidence: '' },
        },
      ],
      claims: [claim({ subject: 'Deployment/shop/web' }), claim({ subject: `${subject}/web` })],
      intervals: [
        interval('pod', subject, 100, 8_000, { node: 'n1' }),
        interval('pod', 'Pod/neighbour/web-9', 7_900, null, { node: 'n2' }),
        interval('pod', 'Pod/shop/web-2', 8_010, null, { node: 'n2' }),
        interval('pod-ready', 'Pod/shop/web-2', 8_500, 8_600),
        interval('pod-ready', 'Pod/shop/web-2', 8_700, null),
        interval('node-ready', 'Node/n1', 0, 7_000),
        interval('node-ready', 'Node/n1', 9_500, null),
      ],
    }),
  )
  expect(events.map(({ name }) => name)).toEqual([
    'the node is no longer ready',
    'the pod is gone',
    'its replacement is made',
    'its replacement is ready',
    'its replacement is no longer ready',
    'its replacement is ready (2)',
    'stopNode is reverted',
    'the node is ready',
  ])
})

test('what a fault on a startup probe starts anew itself is no event, though it is told of late', () => {
  const subject = 'Pod/shop/web-1'
  const events = keyEvents(
    scenario('shop/web-1', 0, {
      faults: [
        {
          ...{ kind: 'failProbe', target: `${subject}/web startup`, injectedAtMs: 4_000 },
          receipt: { atMs: 5_000, observedBy: '', evidence: '' },
        },
      ],
      intervals: [
        interval('container-running', `${subject}/web`, 5_900, 9_000),
        interval('container-running', `${subject}/web`, 9_500, null),
      ],
    }),
  )
  expect(events.map(({ name }) => name)).toEqual(['the pod container ends', 'the pod container runs'])
})

test('runs that differ in their times alone are alike', () => {
  const { scenarios, missing } = compareRuns(run(scenario('a/web-1', 700)), run(scenario('b/web-9', 1_900)))
  expect(missing).toEqual([])
  expect(scenarios[0]?.differences).toEqual([])
  expect(scenarios[0]?.events[2]).toEqual({ name: 'the pod container runs', simulatedMs: 700, realMs: 1_900 })
})

test('another order is told, but for what is a race', () => {
  const swapped = (readyMs: number) =>
    scenario('a/web-1', 4_000, {
      intervals: [
        interval('container-running', 'Pod/a/web-1/web', 900, 5_000),
        interval('pod-ready', 'Pod/a/web-1', 1_000, readyMs),
        interval('pod-terminating', 'Pod/a/web-1', 9_000, null),
      ],
    })
  const differences = (readyMs: number) =>
    compareRuns(run(swapped(readyMs)), run(swapped(12_000))).scenarios[0]?.differences
  expect(differences(6_000)).toEqual([
    '“the pod is no longer ready” comes before “the pod is told to stop” here, and 3000 ms after it there',
  ])
  expect(differences(9_200)).toEqual([])
})

test('an event of one run alone is told, unless it is among the last that were seen', () => {
  const without = scenario('a/web-1', 700)
  without.intervals = without.intervals.filter(({ kind }) => kind !== 'container-running')
  const [compared] = compareRuns(run(without), run(scenario('b/web-1', 4_000))).scenarios
  expect(compared?.differences).toEqual(['“the pod container ends” was not seen here'])
})

test('other verdicts, and times outside of their windows, are told', () => {
  const ours = scenario('a/web-1', 700, { claims: [claim({ timing: 'inside' }), claim({})] })
  const theirs = scenario('b/web-1', 700, {
    ...{
      verdict: 'violated',
      claims: [claim({ timing: 'late' }), claim({ verdict: 'violated', timing: 'late' })],
    },
  })
  expect(compareRuns(run(ours), run(theirs)).scenarios[0]?.differences).toEqual([
    "the verdict is passed where a real cluster's is violated",
    '`toRestart()` came late there, outside of its predicted window',
    '`toRestart()` is passed here, and violated there',
  ])
})

test('what a real machine was too slow to judge is not compared', () => {
  const ours = scenario('a/web-1', 700, { claims: [claim({ timing: 'inside' })] })
  const slow = claim({ verdict: 'inconclusive', timing: 'late' })
  const theirs = scenario('b/web-1', 700, { verdict: 'inconclusive', claims: [slow] })
  expect(compareRuns(run(ours), run(theirs))).toEqual({
    scenarios: [],
    missing: ['a killed container comes back: could not be judged on the real cluster'],
  })
  expect(compareRuns(run(theirs), run(ours)).scenarios[0]?.differences).toHaveLength(3)
})

test('the page has both times of each event, the differences, and what could not be compared', () => {
  const skipped = scenario('a/web-1', 0, {
    id: 'two',
    title: 'frozen',
    verdict: 'skipped',
    skippedBecause: 'why',
  })
  const parity = compareRuns(
    run(scenario('a/web-1', 700), skipped),
    run(
      scenario('b/web-9', 1_900, { verdict: 'violated' }),
      scenario('b/x', 0, { id: 'two' }),
      scenario('b/y', 0, { id: 'three' }),
    ),
  )
  expect(parityPage(parity)).toBe(
    [
      '– frozen: skipped: why',
      '– a killed container comes back: only in the real run',
      '',
      '✗ a killed container comes back',
      '   simulated       real',
      '      0.00 s     0.00 s  the pod container ends',
      '      0.01 s     0.01 s  the pod is no longer ready',
      '      0.70 s     1.90 s  the pod container runs',
      '      0.80 s     2.00 s  the pod is ready',
      "  ≠ the verdict is passed where a real cluster's is violated",
      '',
      '0 of 1 scenarios are alike.',
    ].join('\n'),
  )
})

test('what differs comes last on the page', () => {
  const [same, other] = [{ id: 'two', title: 'alike' }, { verdict: 'violated' as const }]
  const parity = compareRuns(
    run(scenario('a/web-1', 700), scenario('a/web-2', 700, same)),
    run(scenario('b/web-9', 700, other), scenario('b/web-8', 700, same)),
  )
  const lines = parityPage(parity).split('\n')
  expect(lines.indexOf('✓ alike')).toBe(0)
  expect(lines.indexOf('✗ a killed container comes back')).toBeGreaterThan(0)
  expect(lines.at(-1)).toBe('1 of 2 scenarios are alike.')
})

test('of a Deployment that is changed every pod counts, whichever it is, and the word of a stall', () => {
  const [one, other] = ['Pod/shop/web-1', 'Pod/shop/web-2']
  const events = keyEvents(
    scenario('shop/web-0', 0, {
      faults: [
        {
          ...{ kind: 'rollOut', target: 'Deployment/shop/web', injectedAtMs: 4_900 },
          receipt: { atMs: 5_000, observedBy: '', evidence: '' },
        },
      ],
      intervals: [
        interval('pod', one, 5_100, null),
        interval('pod', other, 5_200, null),
        interval('pod-ready', one, 7_000, null),
        interval('pod-terminating', 'Pod/shop/web-0', 7_100, 7_900),
        interval('endpoint-ready', 'Pod/shop/web-0', 100, 7_300),
        interval('pod-ready', 'Pod/shop/web-0', 100, 7_700),
        interval('container-running', 'Pod/shop/web-0/web', 100, 7_700),
        interval('endpoint-listed', 'Pod/shop/web-0', 100, 7_800),
        interval('pod', 'Pod/shop/web-0', 100, 7_900),
        interval('progressing', 'Deployment/shop/web', 5_500, 9_000, { status: 'True' }),
        interval('progressing', 'Deployment/shop/web', 9_000, null, { status: 'False' }),
        interval('replicas', 'Deployment/shop/web', 6_000, null),
      ],
    }),
  )
  expect(events).toEqual([
    { name: 'a pod is made', atMs: 100 },
    { name: 'a pod is made (2)', atMs: 200 },
    { name: 'a pod is ready', atMs: 2_000 },
    { name: 'a pod is told to stop', atMs: 2_100 },
    { name: 'a pod leaves the endpoints', atMs: 2_300 },
    { name: 'the roll-out stalls', atMs: 4_000 },
  ])
})

test('where a dependency is taken away, the pod counts that needed it, from the injection on', () => {
  const [pod, needed] = ['Pod/shop/web-x', 'Pod/shop/redis-x']
  const target = 'Deployment/shop/redis'
  const receipt = { atMs: 8_000, observedBy: 'watch of pods', evidence: '' }
  const told = scenario('shop/web-x', 0, {
    claims: [claim({ subject: 'Deployment/shop/web' }), claim({ subject: pod })],
    faults: [{ kind: 'failDependency', target, injectedAtMs: 5_000, receipt, revertedAtMs: 20_000 }],
    intervals: [
      interval('endpoint-ready', pod, 100, 7_000),
      interval('endpoint-ready', pod, 22_000, null),
      interval('pod-terminating', needed, 5_100, 8_000),
      interval('pod', needed, 20_500, null),
    ],
  })
  expect(keyEvents(told)).toEqual([
    { name: 'the pod leaves the endpoints', atMs: 2_000 },
    { name: 'failDependency is reverted', atMs: 15_000 },
    { name: 'the pod is a ready endpoint', atMs: 17_000 },
  ])
})

test('of a node that is drained every pod counts, whichever goes first, and the node', () => {
  const events = keyEvents(
    scenario('shop/web-0', 0, {
      faults: [
        {
          ...{ kind: 'drainNode', target: 'Node/n1', injectedAtMs: 4_900, revertedAtMs: 9_000 },
          receipt: { atMs: 5_000, observedBy: '', evidence: '' },
        },
      ],
      claims: [claim({ subject: 'Pod/shop/web-2' })],
      intervals: [
        interval('pod-terminating', 'Pod/shop/web-1', 5_100, null),
        interval('pod', 'Pod/shop/web-3', 5_200, null),
        interval('pod-terminating', 'Pod/shop/web-2', 7_000, null),
      ],
    }),
  )
  expect(events.map(({ name }) => name)).toEqual([
    ...['a pod is told to stop', 'a pod is made', 'a pod is told to stop (2)', 'drainNode is reverted'],
  ])
})

test('a pod that stops and the one in its place wait for one another in nothing but its deletion', () => {
  for (const stops of ['container ends', 'is no longer ready', 'is no longer listed', 'is gone']) {
    for (const starts of ['container runs', 'is ready', 'is a ready endpoint']) {
      expect(areOrdered(`the pod ${stops}`, `its replacement ${starts}`)).toBe(false)
      expect(areOrdered(`its replacement ${starts}`, `the pod ${stops}`)).toBe(false)
    }
  }
  expect(areOrdered('the pod is gone', 'its replacement is made')).toBe(true)
  expect(areOrdered('the pod is told to stop', 'its replacement is ready')).toBe(true)
  expect(areOrdered('the pod is ready', 'its replacement is ready')).toBe(true)
  expect(areOrdered('the pod container ends', 'the pod is gone')).toBe(true)
})

test('neither waits for the other: a node that returns, and the pods on it', () => {
  for (const event of ['is ready', 'is no longer ready (2)', 'container ends', 'is gone']) {
    expect(areOrdered('the node is ready', `the pod ${event}`)).toBe(false)
    expect(areOrdered(`the pod ${event}`, 'the node is ready')).toBe(false)
  }
  expect(areOrdered('the node is no longer ready', 'the pod is no longer ready')).toBe(true)
  expect(areOrdered('the node is ready', 'its replacement is made')).toBe(true)
  expect(areOrdered('the node is ready', 'the pod is a ready endpoint')).toBe(true)
})

test('so no run is another for how long the stop took', () => {
  const stopped = (goneMs: number) =>
    scenario('shop/web-1', 0, {
      faults: [
        {
          ...{ kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 4_900 },
          receipt: { atMs: 5_000, observedBy: '', evidence: '' },
        },
      ],
      intervals: [
        interval('pod', 'Pod/shop/web-1', 100, goneMs),
        interval('pod', 'Pod/shop/web-2', 5_000, null),
        interval('pod-ready', 'Pod/shop/web-2', 7_000, null),
      ],
    })
  const { scenarios } = compareRuns(run(stopped(6_900)), run(stopped(9_500)))
  expect(scenarios[0]?.differences).toEqual([])
})

test('of faults that were injected at once, the one that is claimed about first is the first, whichever was', () => {
  const receipt = { observedBy: 'watch of pods', evidence: '' }
  const deleted = (target: string, atMs: number) => ({
    ...{ kind: 'deletePod', target, injectedAtMs: atMs },
    receipt: { ...receipt, atMs: atMs + 10 },
  })
  const [held, free] = ['Pod/shop/held', 'Pod/other/free']
  const told = (heldAtMs: number, freeAtMs: number) => {
    const faults = [deleted(held, heldAtMs), deleted(free, freeAtMs)]
    return scenario('shop/web-1', 0, {
      faults: faults.sort((a, b) => a.injectedAtMs - b.injectedAtMs),
      claims: [claim({ subject: 'Deployment/shop/web' }), claim({ subject: free }), claim({ subject: held })],
      intervals: [
        interval('pod-terminating', held, heldAtMs + 10, null),
        interval('pod', free, 100, freeAtMs + 40),
      ],
    })
  }
  for (const one of [told(5_003, 5_000), told(5_000, 5_003), told(5_000, 6_000)])
    expect(keyEvents(one)).toEqual([{ name: 'the pod is gone', atMs: 30 }])
  // Long after the first it is another act of the scenario's.
  expect(keyEvents(told(5_000, 9_000))).toEqual([{ name: 'the pod is told to stop', atMs: 0 }])
})

test('of a Deployment that was changed, each container starts once: how often one that fails is started again is no event', () => {
  const change = { kind: 'rollOut', target: 'Deployment/shop/web', injectedAtMs: 4_900 }
  const started = (...atMs: number[]) =>
    scenario('shop/web-1', 0, {
      faults: [{ ...change, receipt: { atMs: 5_000, observedBy: '', evidence: '' } }],
      intervals: atMs.map((ms) => interval('container-running', 'Pod/shop/web-2/app', ms, ms + 100)),
    })
  expect(keyEvents(started(6_000, 8_000, 20_000)).map(({ name }) => name)).toEqual(['a pod container runs'])
  const another = interval('container-running', 'Pod/shop/web-3/app', 9_000, null)
  const two = { ...started(6_000), intervals: [...started(6_000).intervals, another] }
  expect(keyEvents(two).map(({ name }) => name)).toEqual(['a pod container runs', 'a pod container runs (2)'])
})
