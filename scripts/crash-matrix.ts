// Kills runs by SIGKILL in the midst of faults on a kept cluster, and holds the cluster against what it was before.
//
//   node scripts/crash-matrix.ts --points 12 --seed 7 --into <folder> [--nodes 2]
//
// Half of the time the guard is left to undo it, and half of the time it is killed too, and the next run has to. Exit
// status 0; 1 where anything was left, or was not well again; 2 where a run could not be made; 130 where Ctrl-C stopped it,
// which it does after the point that it is at.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { realClock } from '../harness/cluster/clock.ts'
import { guardLog } from '../harness/journal/guard.ts'
import { openEntries } from '../harness/journal/journal.ts'
import { EnvironmentError, UsageError } from '../harness/model/errors.ts'
import { command, interrupted, interruption, wholeNumber } from './command.ts'
import { crash, markOf, playWell, type Series } from './crash/crash.ts'
import { hurts } from './crash/faults.ts'
import { difference, type Fingerprint, fingerprint } from './crash/fingerprint.ts'
import { drawPoints, type Point } from './crash/points.ts'

const guardWithinMs = 300_000
/** Of a namespace that is on its way out. */
const settlesWithinMs = 90_000
const lookAgainMs = 1_000
const givenBack = 'the run itself had given it back'

await command('crash-matrix', async () => {
  const { values } = parseArgs({
    options: {
      points: { type: 'string', default: '12' },
      seed: { type: 'string', default: '7' },
      nodes: { type: 'string', default: '2' },
      into: { type: 'string' },
    },
  })
  if (values.into === undefined) throw new UsageError('--into is missing: name the folder for the runs')
  const points = drawPoints(
    wholeNumber('points', values.points),
    wholeNumber('seed', values.seed),
    Object.keys(hurts),
  )
  const series: Series = { into: resolve(values.into), nodes: wholeNumber('nodes', values.nodes) }
  await mkdir(series.into, { recursive: true })
  const { cluster } = await playWell(series, 'before')
  console.log(`cluster: ${cluster} is hurt at ${points.length} points`)
  const before = await settled(cluster, markOf(series), [])
  const stopping = interruption()
  let failed = 0
  let inPlace = 0
  for (const point of points) {
    if (stopping.aborted) {
      console.log(`crash-matrix: stopped before point ${point.number}; ${failed} before it left something`)
      return interrupted
    }
    const beganMs = realClock.now()
    const { delayMs, undone, wrong } = await play(series, point, cluster, before)
    if (wrong.length > 0) failed++
    if (undone.some(isOfFault)) inPlace++
    const how = `${point.fault}, ${point.killed} killed ${delayMs} ms after it was ${point.since}, undone by ${point.undoneBy}`
    const took = `${((realClock.now() - beganMs) / 1_000).toFixed(0)} s`
    console.log(`${wrong.length === 0 ? 'well' : 'LEFT'}: ${point.number}. ${how} (${took})`)
    for (const line of [...undone, ...wrong]) console.log(`    ${line}`)
  }
  const told = `${points.length} points with seed ${values.seed}, ${inPlace} of them with a fault in place`
  console.log(`${told}: ${failed} left something`)
  return failed === 0 ? 0 : 1
})

interface Outcome {
  /** So long after the moment of its point the run was killed. */
  delayMs: number
  /** What was undone, by the word of who did it. */
  undone: string[]
  /** What is left: nothing, where all is well. */
  wrong: string[]
}

async function play(series: Series, point: Point, cluster: string, before: Fingerprint): Promise<Outcome> {
  await rm(guardLog(), { force: true })
  const delayMs = await crash(series, point)
  let undone: string[] = []
  if (point.undoneBy === 'guard') undone = await untilFree(cluster)
  else {
    const next = await playWell(series, `${point.number}-next`)
    if (next.cluster !== cluster)
      return { delayMs, undone, wrong: [`the next run took another cluster, ${next.cluster}`] }
    undone = next.undone
  }
  const wrong = difference(before, await settled(cluster, markOf(series), before))
  if (leavesFault(point) && !undone.some(isOfFault)) wrong.push('nothing of the fault was there to be undone')
  return { delayMs, undone, wrong }
}

/** Nobody of the run was left to revert it, and it does not come back by itself: else the point would show nothing. */
function leavesFault({ fault, since, killed }: Point): boolean {
  return hurts[fault]?.stays === true && since === 'landed' && killed === 'whole group'
}

function isOfFault(sentence: string): boolean {
  return sentence !== givenBack && !/: (deleted Namespace\/|is well again)/.test(sentence)
}

/** The guard has done its work: the cluster is kept, and nobody's. Gives what it undid. */
async function untilFree(cluster: string): Promise<string[]> {
  const untilMs = realClock.now() + guardWithinMs
  while (realClock.now() < untilMs) {
    const entry = (await openEntries()).find((one) => one.cluster === cluster)
    if (!entry) throw new EnvironmentError(`Cluster ${cluster}: the guard deleted it`)
    await realClock.sleep(lookAgainMs)
    if (entry.owner !== null) continue
    // A run may have given it back itself, right before it was killed; a guard tells as soon as it has.
    const told = await readFile(guardLog(), 'utf8').catch(() => '')
    return told === '' ? [givenBack] : told.trimEnd().split('\n')
  }
  throw new EnvironmentError(`Cluster ${cluster}: the guard has not given it free after five minutes`)
}

/** The fingerprint as soon as it is this one, or the last one that was seen; of a cluster at rest where there is none. */
async function settled(cluster: string, mark: string, wanted: Fingerprint): Promise<Fingerprint> {
  const untilMs = realClock.now() + settlesWithinMs
  for (;;) {
    const entry = (await openEntries()).find((one) => one.cluster === cluster)
    const seen = await fingerprint(cluster, entry?.kubeconfig ?? '', mark)
    const isAtRest = !seen.some((line) => line.startsWith('Namespace rolypoly-'))
    if (wanted.length > 0 ? difference(wanted, seen).length === 0 : isAtRest) return seen
    if (realClock.now() > untilMs) return seen
    await realClock.sleep(lookAgainMs)
  }
}
