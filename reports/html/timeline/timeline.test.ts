import { expect, test } from 'vitest'
import type { IntervalResult, ScenarioResult } from '../../../harness/model/result.ts'
import { healthyPod, of, podIntervals } from '../../fixtures/intervals.ts'
import { crowded, mixed, passed } from '../../fixtures.ts'
import { timeline } from '../timeline.ts'
import { groupsOf } from './groups.ts'
import { podGroups } from './pods.ts'
import { percent, scaleOf } from './scale.ts'

function titled(title: string): ScenarioResult {
  const found = mixed.scenarios.find((scenario) => scenario.title.includes(title))
  if (!found) throw new Error(`no scenario ${title}`)
  return found
}

/** A scenario of these intervals, with a fault at 20 s on something that is none of its pods. */
function hurt(...intervals: IntervalResult[]): ScenarioResult {
  const node = titled('deleted node')
  const faults = node.faults.map((fault) => ({ ...fault, injectedAtMs: 20_000 }))
  return { ...node, faults, claims: [], intervals }
}

const names = (scenario: ScenarioResult): string[] =>
  podGroups(scenario).flatMap((group) => group.lanes[0]?.label ?? [])

test('a deleted node: two pods go, two come elsewhere, three are unchanged', () => {
  const found = names(titled('deleted node'))
  expect(found).toEqual([
    'web-6d5f7c9b8-hj5wd',
    'web-6d5f7c9b8-qv7sn',
    'web-6d5f7c9b8-b6zt8',
    'web-6d5f7c9b8-m3gqp',
    '3 pods unchanged',
  ])
})

test('a pod’s lanes: life, container with its incarnations and its end, readiness, endpoint', () => {
  const [victim] = podGroups(titled('restarted in place'))
  expect(victim?.lanes.map((lane) => lane.label)).toEqual(['web-6d5f7c9b8-k4x2p', 'app', 'Ready', 'endpoint'])
  expect(victim?.lanes[1]?.bars.map((bar) => bar.what)).toEqual([
    'Waiting: ContainerCreating',
    'Runs, 0 restarts',
    'Runs, 1 restart',
  ])
  expect(victim?.lanes[1]?.marks.slice(0, 3).map((mark) => [mark.shape, mark.atMs])).toEqual([
    ['probe', 56_390],
    ['probe', 61_390],
    ['probe', 66_390],
  ])
  expect(victim?.lanes[1]?.marks.slice(3)).toEqual([
    { atMs: 69_020, shape: 'killed', what: 'Terminated, exit 143 Error', label: 'exit 143 Error' },
  ])
  expect(victim?.lanes[0]?.marks.map((mark) => mark.shape)).toEqual(['warning', 'warning'])
})

test('a pod whose eviction was refused has a lane, and a mark for each refusal', () => {
  const subject = 'Pod/shop/kept'
  const answer = (atMs: number, refused: boolean, why: string | null) =>
    of(subject, 'eviction', atMs, atMs, { refused, why })
  const scenario = hurt(
    ...healthyPod('kept', 'n1', 5_000),
    ...[
      answer(21_000, true, 'needs 2 healthy pods'),
      answer(26_000, true, null),
      answer(31_000, false, null),
    ],
  )
  const [group] = podGroups(scenario)
  expect(group?.lanes[0]?.marks).toEqual([
    { atMs: 21_000, shape: 'warning', what: 'Eviction refused: needs 2 healthy pods' },
    { atMs: 26_000, shape: 'warning', what: 'Eviction refused: no reason told' },
  ])
})

test('twenty pods of which one was hurt take few lanes', () => {
  const [scenario] = crowded.scenarios
  expect(scenario && names(scenario)).toEqual([
    'web-6d5f7c9b8-k4x2p',
    'web-6d5f7c9b8-9wq7z',
    '18 pods unchanged',
  ])
})

const life = { name: 'web-1', node: 'w', fromMs: 900, runs: [{ fromMs: 3_000 }] }

test.each<[string, IntervalResult[], boolean]>([
  ['healthy throughout', healthyPod('web-1', 'w', 9_000), false],
  ['readiness lost and found', podIntervals({ ...life, ready: [[9_000, 30_000], [31_000]] }), true],
  [
    'readiness lost and found before the fault',
    podIntervals({ ...life, ready: [[9_000, 10_000], [11_000]] }),
    false,
  ],
  ['never ready', podIntervals({ ...life, ready: [] }), true],
  [
    'restarted',
    podIntervals({ ...life, runs: [{ fromMs: 3_000, toMs: 25_000 }, { fromMs: 25_100 }], ready: [[9_000]] }),
    true,
  ],
  [
    'restarted before the fault',
    podIntervals({ ...life, runs: [{ fromMs: 1_000, toMs: 2_000 }, { fromMs: 3_000 }], ready: [[9_000]] }),
    false,
  ],
  ['deleted', podIntervals({ ...life, terminatingMs: 40_000, ready: [[9_000]] }), true],
  ['new', podIntervals({ ...life, fromMs: 22_000, runs: [{ fromMs: 23_000 }], ready: [[24_000]] }), true],
])('a pod %s', (_, intervals, shown) => {
  expect(names(hurt(...intervals))).toEqual([shown ? 'web-1' : '1 pod unchanged'])
})

test('an event about a pod that was never seen is no pod', () => {
  expect(names(hurt(of('Pod/shop/ghost', 'event', 1, 1, { type: 'Warning' })))).toEqual([])
})

test('details of any shape are drawn', () => {
  for (const detail of [
    {},
    { container: 7, exitCode: 'x', reason: null, pod: {}, service: [], node: 1, phase: false },
  ]) {
    const kinds = [
      'pod',
      'pod-phase',
      'pod-terminating',
      'pod-ready',
      'container-waiting',
      'container-running',
    ]
    const more = [
      'container-terminated',
      'endpoint-ready',
      'node',
      'node-ready',
      'replicas',
      'progressing',
      'event',
      'pod-released',
      'service',
      'step',
      'unheard-of',
    ]
    const intervals = [...kinds, ...more].flatMap((kind) =>
      ['Pod/a/b', 'Pod', '', 'Pod/a/b/c/d'].map((subject) => of(subject, kind, 5, 5, detail)),
    )
    expect(String(timeline(hurt(...intervals), 'normal'))).toContain('<svg class="plot"')
  }
})

test('a pod that its controller lets go is marked with that', () => {
  const subject = 'Pod/shop/web-1'
  const detail = { ownerKind: 'ReplicaSet', ownerName: 'web-6d5f', ownerUid: 'b0c1' }
  const [orphan] = podGroups(
    hurt(of(subject, 'pod', 1, null, { name: 'web-1' }), of(subject, 'pod-released', 21_000, 21_000, detail)),
  )
  expect(orphan?.lanes[0]?.marks).toEqual([
    { atMs: 21_000, shape: 'warning', what: 'ReplicaSet web-6d5f has let it go' },
  ])
})

test('a roll-out that makes no progress is marked on the lane of its Deployment', () => {
  const [web, other] = ['Deployment/shop/web', 'Deployment/shop/other']
  const counts = { desired: 2, ready: 2 }
  const intervals = [
    ...[web, other].map((subject) => of(subject, 'replicas', 0, null, counts)),
    of(web, 'progressing', 0, 41_000, { status: 'True', reason: 'ReplicaSetUpdated' }),
    of(web, 'progressing', 41_000, null, { status: 'False', reason: 'ProgressDeadlineExceeded' }),
  ]
  const lanes = groupsOf({ ...titled('deleted node'), intervals }, 'normal').flatMap((group) => group.lanes)
  const marksOf = (label: string) => lanes.find((lane) => lane.label === label)?.marks
  const what = 'The roll-out makes no progress: ProgressDeadlineExceeded'
  expect(marksOf('web')).toEqual([{ atMs: 41_000, shape: 'warning', what }])
  expect(marksOf('other')).toEqual([])
})

test('only nodes that were hurt have a lane', () => {
  const lanes = groupsOf(titled('deleted node'), 'normal').find((group) => group.sort === 'node')?.lanes
  expect(lanes?.map((lane) => lane.label)).toEqual(['rolypoly-7f3a-worker2'])
})

test('and those that were short of something, with when that was told', () => {
  const node = titled('deleted node')
  const name = 'rolypoly-7f3a-worker'
  const short = of(`Node/${name}`, 'node-pressure', 41_500, null, { name, condition: 'DiskPressure' })
  const groups = groupsOf({ ...node, intervals: [...node.intervals, short] }, 'normal')
  const lane = groups.find(({ sort }) => sort === 'node')?.lanes.find(({ label }) => label === name)
  expect(lane?.marks).toEqual([{ atMs: 41_500, shape: 'warning', what: 'The node has DiskPressure' }])
  expect(lane?.bars.map(({ what }) => what)).toEqual(['Node object exists', 'Node Ready'])
})

test('a fault that is over by itself ends where its interval ends, another one goes on', () => {
  const node = titled('deleted node')
  const faults = node.faults.map(({ revertedAtMs: _, ...fault }) => fault)
  const over = of('Pod/shop/web-1', 'fault', 41_200, 41_260, { fault: 0 })
  const endOf = (intervals: IntervalResult[]): number | null | undefined =>
    groupsOf({ ...node, faults, intervals }, 'normal')[0]?.lanes[0]?.bars[0]?.toMs
  expect(endOf([over])).toBe(41_260)
  expect(endOf([])).toBeNull()
})

test('in control mode no fault is drawn', () => {
  const [lane] = groupsOf(titled('deleted node'), 'control')[0]?.lanes ?? []
  expect(lane).toEqual({ label: 'deleteNode', note: 'left out', bars: [], marks: [] })
})

test('an axis with a long set-up starts a little before the fault, and says so', () => {
  const scenario = titled('nobody notices')
  const scale = scaleOf(scenario)
  expect(scale.fromMs).toBeGreaterThan(40_000)
  expect(scale.fromMs).toBeLessThan(54_180)
  expect(scale.ticksMs[0]).toBeGreaterThanOrEqual(scale.fromMs)
  expect(String(timeline(scenario, 'normal'))).toContain(
    'the axis starts at 45.00 s, the set-up before it is not drawn',
  )
})

test('an axis with a short set-up starts at zero', () => {
  const scenario = titled('nobody notices')
  const faults = scenario.faults.map((fault) => ({ ...fault, injectedAtMs: 5_000 }))
  expect(scaleOf({ ...scenario, faults })).toMatchObject({ fromMs: 0, leftOffMs: 0 })
})

test('an axis always has a length, and places stay on it', () => {
  const empty = { ...titled('budget'), durationMs: 0 }
  const scale = scaleOf(empty)
  expect(scale.toMs).toBeGreaterThan(scale.fromMs)
  expect(percent(scale, -1e9)).toBe(0)
  expect(percent(scale, 1e9)).toBe(100)
})

test('every bar and mark has a tooltip, the image a description, and the table a row for each', () => {
  for (const scenario of passed.scenarios) {
    const page = String(timeline(scenario, 'normal'))
    expect(page).toMatch(/role="img" aria-label="Timeline from [\d.]+ s to [\d.]+ s: 1 fault/)
    const count = groupsOf(scenario, 'normal').flatMap((group) =>
      group.lanes.flatMap((lane) => [...lane.bars, ...lane.marks]),
    ).length
    expect(page).toContain(`Timeline as a table (${count} rows)`)
    const bare = page.match(/<svg (x|class="mark")[^>]*>(?!<title>)/g) ?? []
    const legend = page.match(/<svg width="14"/g) ?? []
    expect(bare).toHaveLength(legend.length)
  }
})

test('nothing to draw is no image', () => {
  expect(timeline(titled('budget'), 'normal')).toBeNull()
})
