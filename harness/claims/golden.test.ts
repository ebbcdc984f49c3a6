import { expect, test } from 'vitest'
import type { FaultEffect } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { reduce } from '../timeline/reduce.ts'
import { FakeRecording, fakeStage, readRecording } from '../timeline/testing.ts'
import { Timeline } from '../timeline/timeline.ts'
import { judgeJoined, judgeLeft } from './endpoints.ts'
import type { Judge } from './judgement.ts'
import { judgeReplaced } from './to-be-replaced.ts'
import { judgeExited } from './to-exit.ts'
import { judgeAvailable } from './to-keep-available.ts'
import { judgeLosses } from './to-lose-requests.ts'
import { judgeRecovered } from './to-recover.ts'
import { judgeRestarted } from './to-restart.ts'
import { judgeUp } from './to-stay-up.ts'

/** A recording of a real cluster, with what has to be known to judge it. Pods are named by the end of their names. */
function golden(name: string, hurtNames: string[]) {
  const observations = readRecording(new URL(`../timeline/golden/${name}/recording.jsonl`, import.meta.url))
  const sinceMs = observations.find((seen) => seen.source === 'fault')?.atMs ?? Number.NaN
  const shape = observations.flatMap((seen) => (seen.source === 'workload' ? [seen.workload] : []))[0]
  if (!shape) throw new Error(`${name}: no workload was deployed`)
  const uidOf = (end: string): string => {
    const pod = observations.find(
      (seen) => seen.source === 'watch' && seen.kind === 'Pod' && seen.object.metadata.name.endsWith(end),
    )
    if (pod?.source !== 'watch') throw new Error(`${name}: no pod ${end}`)
    return pod.object.metadata.uid
  }
  const hurt = new Set(hurtNames.map(uidOf))
  return { name, observations, sinceMs, shape, uidOf, container: shape.name, hurt }
}
type Golden = ReturnType<typeof golden>

const sigkill = golden('sigkill', ['-hhkm5'])
const liveness = golden('liveness', ['-4mzqm'])
const readiness = golden('readiness', ['-68dd6'])
const graceful = golden('graceful-stop', ['-6sflv'])
const killed = golden('killed-pod', ['-gqd26'])
const node = golden('deleted-node', ['-g8zzg', '-x8j6n'])

/** When the first sign of damage to a hurt pod arrived; the kubelet's decision to kill it is one. */
const damage = new Map<Golden, number>([
  [sigkill, 9597.82],
  [liveness, 28035.854],
  [readiness, 11389.535],
  [graceful, 9833.308],
  [killed, 10488.226],
  [node, 52493.833],
])

type Of = (of: Golden, pod: string) => Judge
const restarted =
  (times: number, wanted = {}): Of =>
  (of, pod) =>
    judgeRestarted({ faults: [] }, of.uidOf(pod), of.container, times, wanted)
const exited =
  (code: number): Of =>
  (of, pod) =>
    judgeExited({ faults: [] }, of.uidOf(pod), of.container, code)
const left: Of = (of, pod) => judgeLeft(of.uidOf(pod))
const joined: Of = (of, pod) => judgeJoined(of.uidOf(pod))
const replaced: Of = (of, pod) => judgeReplaced(of.uidOf(pod), false)
const elsewhere: Of = (of, pod) => judgeReplaced(of.uidOf(pod), true)
const stayed: Of = (of, pod) => judgeUp({ faults: [] }, () => [of.uidOf(pod)])
const recovered: Of = ({ shape }) => judgeRecovered(shape)
const kept =
  (atLeast: number): Of =>
  ({ shape }) =>
    judgeAvailable({ faults: [] }, shape, atLeast)
/** Losses, where the fault hurt this pod. */
const lost =
  (atMost: number, whose: 'all' | 'others' = 'all'): Of =>
  (of, pod) => {
    const effect: FaultEffect = { does: 'delete-pod', podUid: of.uidOf(pod), force: false }
    const [injectedAtMs, target] = [of.sinceMs, '']
    const fault = {
      number: 0,
      kind: '',
      target,
      effect,
      injectedAtMs,
      receipt: null,
      revertedAtMs: undefined,
    }
    const stage = fakeStage(new FakeRecording(), fault)
    return judgeLosses(
      stage,
      of.shape.services.map(({ name }) => name),
      atMost,
      whose,
    )
  }

/**
 * What a claim comes to at each step of a recording: each change, with the time of the observation that brought it.
 * Before the fault nobody asks, but a claim that holds even then is told.
 */
function replay(observations: Observation[], judge: Judge, sinceMs: number) {
  const timeline = new Timeline()
  const changes: { is: string; seenMs: number; atMs: number | undefined }[] = []
  let seenMs = 0
  for (const observation of observations) {
    reduce(timeline, observation)
    seenMs = Math.max(seenMs, observation.atMs)
    const judged = judge(timeline, sinceMs)
    if (seenMs < sinceMs && judged.is !== 'held') continue
    if (judged.is !== changes.at(-1)?.is) {
      changes.push({ is: judged.is, seenMs, atMs: 'atMs' in judged ? judged.atMs : undefined })
    }
  }
  return changes
}

/** The same recording, had the fault left no mark: without what tells of the hurt pods, and with every request answered. */
function unhurt({ observations, sinceMs, hurt }: Golden): Observation[] {
  return observations.flatMap((seen): Observation[] => {
    if (seen.source === 'traffic') {
      const { lost: _, ...answered } = seen
      return [answered]
    }
    if (seen.source !== 'watch' || seen.atMs < sinceMs) return [seen]
    const tellsOfIt = seen.kind === 'EndpointSlice' || seen.kind === 'Deployment'
    const { involvedObject } = seen.object as { involvedObject?: { uid?: string } }
    const about = involvedObject?.uid ?? seen.object.metadata.uid
    return tellsOfIt || hurt.has(about) ? [] : [seen]
  })
}

interface Row {
  of: Golden
  claim: string
  make: Of
  pod: string
  /** A pod of the workload that nothing was done to; absent where the claim is not about one pod. */
  other?: string
  is: 'held' | 'broken'
  atMs: number
}

const row = (
  of: Golden,
  claim: string,
  make: Of,
  pods: [pod: string, other?: string],
  is: Row['is'],
  atMs: number,
): Row => ({ of, claim, make, pod: pods[0], ...(pods[1] && { other: pods[1] }), is, atMs })

const killedC: [string, string] = ['-hhkm5', '-szvwq']
const failed: [string, string] = ['-4mzqm', '-94cnr']
const unready: [string, string] = ['-68dd6', '-9dm8n']
const stopped: [string, string] = ['-6sflv', '-bz6zq']
const forced: [string, string] = ['-gqd26', '-x6znx']
const orphan: [string, string] = ['-g8zzg', '-kj2zk']
const orphan2: [string, string] = ['-x8j6n', '-qfhq9']

const rows: Row[] = [
  row(sigkill, 'restarts once with 137', restarted(1, { exitCode: 137 }), killedC, 'held', 10602.777),
  row(sigkill, 'restarts with exit code 0', restarted(1, { exitCode: 0 }), killedC, 'broken', 9597.82),
  row(sigkill, 'is killed for memory', restarted(1, { reason: 'OOMKilled' }), killedC, 'broken', 9597.82),
  row(sigkill, 'exits with 137', exited(137), killedC, 'held', 9597.82),
  row(sigkill, 'exits with 0', exited(0), killedC, 'broken', 9597.82),
  row(sigkill, 'leaves its endpoints', left, killedC, 'held', 9613.036),
  row(sigkill, 'joins its endpoints', joined, killedC, 'held', 10626.086),
  row(sigkill, 'recovers', recovered, ['-hhkm5'], 'held', 10632.845),
  row(sigkill, 'stays up', stayed, killedC, 'broken', 9597.82),
  row(sigkill, 'keeps 3 available', kept(3), ['-hhkm5'], 'broken', 9613.036),

  row(liveness, 'restarts once', restarted(1), failed, 'held', 30572.695),
  row(liveness, 'exits with 0', exited(0), failed, 'held', 30572.695),
  row(liveness, 'leaves its endpoints', left, failed, 'held', 30587.495),
  row(liveness, 'joins its endpoints', joined, failed, 'held', 31596.722),
  row(liveness, 'recovers', recovered, ['-4mzqm'], 'held', 31604.675),
  row(liveness, 'stays up', stayed, failed, 'broken', 28035.855),
  row(liveness, 'keeps 3 available', kept(3), ['-4mzqm'], 'broken', 30587.495),

  row(readiness, 'leaves its endpoints', left, unready, 'held', 11403.071),
  row(readiness, 'joins its endpoints', joined, unready, 'held', 16616.289),
  row(readiness, 'recovers', recovered, ['-68dd6'], 'held', 16624.402),
  row(readiness, 'keeps 3 available', kept(3), ['-68dd6'], 'broken', 11403.071),

  row(graceful, 'leaves its endpoints', left, stopped, 'held', 9860.343),
  row(graceful, 'exits with 0', exited(0), stopped, 'held', 12320.913),
  row(graceful, 'exits with 143', exited(143), stopped, 'broken', 12320.913),
  row(graceful, 'is replaced', replaced, stopped, 'held', 11587.845),
  row(graceful, 'recovers', recovered, ['-6sflv'], 'held', 11614.752),
  row(graceful, 'stays up', stayed, stopped, 'broken', 9833.308),
  row(graceful, 'restarts', restarted(1), stopped, 'broken', 9833.308),

  row(killed, 'leaves its endpoints', left, forced, 'held', 10511.816),
  row(killed, 'is replaced', replaced, forced, 'held', 12470.012),
  row(killed, 'recovers', recovered, ['-gqd26'], 'held', 12542.68),
  row(killed, 'stays up', stayed, forced, 'broken', 10488.226),
  row(killed, 'restarts', restarted(1), forced, 'broken', 10488.226),
  row(killed, 'exits with 137', exited(137), forced, 'broken', 10506.208),
  row(killed, 'keeps 5 available', kept(5), ['-gqd26'], 'broken', 10511.816),

  row(node, 'is replaced on another node', elsewhere, orphan, 'held', 53348.075),
  row(node, 'is replaced on another node, too', elsewhere, orphan2, 'held', 54305.91),
  row(node, 'leaves its endpoints', left, orphan, 'held', 52523.112),
  row(node, 'recovers', recovered, ['-g8zzg'], 'held', 54324.581),
  row(node, 'stays up', stayed, orphan, 'broken', 52507.894),
  row(node, 'keeps 4 available', kept(4), ['-g8zzg'], 'broken', 52523.112),
]

const decided = (changes: ReturnType<typeof replay>) =>
  changes.filter(({ is }) => is === 'held' || is === 'broken')

test.each(rows)(
  '$of.name: $pod $claim: $is at its time, not before the damage, and from then on',
  ({ of, make, pod, is, atMs }) => {
    const changes = replay(of.observations, make(of, pod), of.sinceMs)
    const said = decided(changes)
    expect(said.map((change) => change.is)).toEqual([is])
    expect(said[0]?.seenMs).toBeCloseTo(atMs, 2)
    expect(said[0]?.atMs).toBeCloseTo(atMs, 2)
    expect(said[0]?.seenMs).toBeGreaterThanOrEqual(Math.floor(damage.get(of) ?? Number.NaN))
    expect(changes.at(-1)?.is).toBe(is)
  },
)

test.each(rows)(
  '$of.name: $pod $claim: open to the end where the fault left no mark',
  ({ of, make, pod }) => {
    const changes = replay(unhurt(of), make(of, pod), of.sinceMs)
    expect(changes.map(({ is }) => is)).toEqual(['open'])
  },
)

test.each(rows.filter(({ other }) => other !== undefined))(
  '$of.name: $other $claim: open to the end, for it was $pod that was hurt',
  ({ of, make, other = '' }) => {
    const changes = replay(of.observations, make(of, other), of.sinceMs)
    expect(changes.map(({ is }) => is)).toEqual(['open'])
  },
)

/** What is not said of a recording, from its beginning to its end. */
const never: Pick<Row, 'of' | 'claim' | 'make' | 'pod'>[] = [
  { of: sigkill, claim: 'restarts twice', make: restarted(2), pod: '-hhkm5' },
  { of: sigkill, claim: 'is replaced', make: replaced, pod: '-hhkm5' },
  { of: sigkill, claim: 'keeps less than 2 available', make: kept(2), pod: '-hhkm5' },
  { of: sigkill, claim: 'loses more than 9 requests', make: lost(9), pod: '-hhkm5' },
  { of: sigkill, claim: 'loses requests of others', make: lost(0, 'others'), pod: '-hhkm5' },
  { of: liveness, claim: 'restarts twice', make: restarted(2), pod: '-4mzqm' },
  { of: liveness, claim: 'is replaced', make: replaced, pod: '-4mzqm' },
  { of: liveness, claim: 'keeps less than 2 available', make: kept(2), pod: '-4mzqm' },
  { of: liveness, claim: 'loses more than 3 requests', make: lost(3), pod: '-4mzqm' },
  { of: readiness, claim: 'restarts', make: restarted(1), pod: '-68dd6' },
  { of: readiness, claim: 'exits', make: exited(0), pod: '-68dd6' },
  { of: readiness, claim: 'goes down', make: stayed, pod: '-68dd6' },
  { of: readiness, claim: 'is replaced', make: replaced, pod: '-68dd6' },
  { of: graceful, claim: 'joins its endpoints', make: joined, pod: '-6sflv' },
  { of: graceful, claim: 'keeps less than 2 available', make: kept(2), pod: '-6sflv' },
  { of: killed, claim: 'joins its endpoints', make: joined, pod: '-gqd26' },
  { of: killed, claim: 'is replaced on another node', make: elsewhere, pod: '-gqd26' },
  { of: killed, claim: 'keeps less than 4 available', make: kept(4), pod: '-gqd26' },
  { of: node, claim: 'joins its endpoints', make: joined, pod: '-g8zzg' },
  { of: node, claim: 'keeps less than 2 available', make: kept(2), pod: '-g8zzg' },
]

test.each(never)('$of.name: $pod $claim: never said', ({ of, make, pod }) => {
  const changes = replay(of.observations, make(of, pod), of.sinceMs)
  expect(decided(changes)).toEqual([])
  expect(changes.at(-1)?.is).toBe('open')
})

test('requests lost while the hurt pod went down are said at the first one too many, and are its own', () => {
  const said = (of: Golden, make: Of, pod: string) =>
    replay(of.observations, make(of, pod), of.sinceMs).find(({ is }) => is === 'broken')?.atMs
  expect(said(sigkill, lost(0), '-hhkm5')).toBeCloseTo(8701.084, 2)
  expect(said(sigkill, lost(8), '-hhkm5')).toBeCloseTo(9276.884, 2)
  expect(said(liveness, lost(2), '-4mzqm')).toBeCloseTo(30172.389, 2)
  // They were seen before the end of the container that they were meant for, and became its own with that.
  expect(
    replay(liveness.observations, lost(0, 'others')(liveness, '-4mzqm'), liveness.sinceMs),
  ).toMatchObject([
    { is: 'unjudgeable' },
    { is: 'broken' },
    { is: 'open', seenMs: expect.closeTo(30572.695, 2) },
  ])
  // Had another pod been hurt, nothing of that one's would explain them.
  expect(said(liveness, lost(0, 'others'), '-94cnr')).toBeCloseTo(30051.989, 2)
})

test('a workload that was not steady at the fault cannot be judged', () => {
  const { observations, shape } = sigkill
  expect(replay(observations, judgeRecovered(shape), 5_000).at(-1)?.is).toBe('unjudgeable')
  expect(replay(observations, judgeRecovered({ ...shape, name: 'other' }), sigkill.sinceMs).at(-1)?.is).toBe(
    'unjudgeable',
  )
})
