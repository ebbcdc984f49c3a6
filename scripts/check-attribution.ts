// Holds the losses of scenarios/broken/shutdown.scenario.ts against what is known of each: every one is blamed on the
// pod that was told to stop, by the route of its connection, and in the way that its app loses requests.
//
//   node scripts/check-attribution.ts <the run's folder>
import type { Loss, ScenarioResult } from '../harness/model/result.ts'
import { readResult } from '../reports/write.ts'

interface Truth {
  /** How the app may lose requests: part of the sentence that must be told of each loss. */
  ways: string[]
  /** And how it must have lost some: one of these. */
  must: string[]
  exitCode: number
  endedBy: 'itself' | 'SIGKILL'
  signal: string
  /** Whether it must have cut kept connections; a quick stop may, as a request meets a connection that is being closed. */
  cuts?: boolean
  /** Whether it must have lost some of the requests that were in flight at the signal. */
  drops?: boolean
  /** Whether its Service lists pods that are not ready: its replacement may lose requests before it is. */
  listsUnready?: boolean
}

const stoppedListening = 'the app stopped listening before its endpoint was gone'
const endedFirst = 'the app ended before its endpoint was gone'
/** A request may meet a kept connection that is just being closed for being idle. */
const closedIdle = 'the app closed connections that requests were just being sent on'
/** A worker process that ends closes what it has before the main process ends. */
const cut = 'the app closed connections that requests were on'
/** Whoever stops listening closes what waits to be accepted: a slow machine has some of that at the signal. */
const orQueued = ', or stopped listening before it had accepted them'
const unfinished = 'it ended without finishing what was on its connections'
const notReadyYet = 'was not ready yet, and its Service sends requests to pods that are not'
const graceSpent = 'it did not end by itself within its grace period of 4 s'

const truths: Record<string, Truth> = {
  'an app that stops listening at SIGTERM': {
    ...{ ways: [stoppedListening, endedFirst, orQueued], must: [stoppedListening] },
    ...{ exitCode: 0, endedBy: 'itself', signal: 'SIGTERM', listsUnready: true },
  },
  'an app that ignores SIGTERM': {
    ...{ ways: [graceSpent], must: [graceSpent] },
    ...{ exitCode: 137, endedBy: 'SIGKILL', signal: 'SIGTERM', cuts: true },
  },
  'an app that only calls server.close() under keep-alive load': {
    ...{ ways: [stoppedListening, graceSpent, closedIdle, orQueued], must: [graceSpent] },
    ...{ exitCode: 137, endedBy: 'SIGKILL', signal: 'SIGTERM', cuts: true },
  },
  'no preStop behind a slow endpoint removal': {
    ...{ ways: [stoppedListening, endedFirst, unfinished, closedIdle, orQueued], must: [endedFirst] },
    ...{ exitCode: 0, endedBy: 'itself', signal: 'SIGTERM', listsUnready: true },
  },
  'nginx under SIGTERM': {
    ...{ ways: [stoppedListening, endedFirst, unfinished, closedIdle, cut], must: [unfinished, cut] },
    ...{ exitCode: 0, endedBy: 'itself', signal: 'SIGTERM', drops: true },
  },
  'nginx under SIGQUIT finishes what is in flight, and takes nothing new': {
    ...{ ways: [stoppedListening, endedFirst, closedIdle, orQueued], must: [stoppedListening] },
    ...{ exitCode: 0, endedBy: 'itself', signal: 'SIGQUIT', listsUnready: true },
  },
}

function* wrongWith({ traffic, shutdowns = [], faults }: ScenarioResult, truth: Truth): Generator<string> {
  const stopped = faults[0]?.target
  const [stop] = shutdowns
  if (shutdowns.length !== 1 || stop?.subject !== stopped) yield `its one stop is not that of ${stopped}`
  if (stop?.exit?.code !== truth.exitCode) yield `exit code ${stop?.exit?.code}, not ${truth.exitCode}`
  if (stop?.endedBy !== truth.endedBy) yield `ended by ${stop?.endedBy}, not ${truth.endedBy}`
  if (stop?.signal?.name !== truth.signal) yield `told by ${stop?.signal?.name}, not ${truth.signal}`
  if (truth.cuts && stop?.keepAlive.cut === 0) yield 'it cut no kept connection'
  if (truth.drops && stop?.inFlight.lost === 0) yield 'it lost nothing that was in flight'
  const { losses = [], lost = 0, explanations = [] } = traffic ?? {}
  const unready = truth.listsUnready ? explanations.filter(({ text }) => text.includes(notReadyYet)) : []
  const strangers = losses.filter(
    ({ pod, podKnownBy }) =>
      podKnownBy !== 'route' || !(stopped?.endsWith(`/${pod}`) || unready.some((one) => one.pod === pod)),
  )
  if (lost === 0 || losses.length !== lost) yield `${lost} lost, ${losses.length} told of`
  if (strangers.length > 0) yield `not blamed on ${stopped} by its route: ${JSON.stringify(strangers[0])}`
  const other = explanations
    .filter((one) => !unready.includes(one))
    .find(({ text }) => !truth.ways.some((way) => text.includes(way)))
  if (other) yield `lost in another way: ${other.text}`
  const must = truth.must.includes(stoppedListening) && !wasAskedInTime(losses) ? [endedFirst] : truth.must
  if (!explanations.some(({ text }) => must.some((way) => text.includes(way))))
    yield `none of them was told: ${must.join(', or ')}`
}

/**
 * Whether the app refused anything while it still ran. Where the machine held the prober up all that time, nobody asked,
 * and nobody can tell that the app stopped listening before it ended.
 */
function wasAskedInTime(losses: Loss[]): boolean {
  return losses.some(({ reason, sinceEndMs }) => reason === 'refused' && (sinceEndMs ?? -1) < 0)
}

const [folder = ''] = process.argv.slice(2)
const { scenarios } = await readResult(folder)
const stops = scenarios.filter(({ file }) => file.endsWith('broken/shutdown.scenario.ts'))
let failed = 0
for (const [title, truth] of Object.entries(truths)) {
  const scenario = stops.find((played) => played.title.endsWith(`: ${title}`))
  const wrong = scenario ? [...wrongWith(scenario, truth)] : ['it was not played']
  if (wrong.length > 0) failed += 1
  const told = `${scenario?.traffic?.lost ?? 0} of ${scenario?.traffic?.requests ?? 0} requests lost`
  console.log([`${wrong.length > 0 ? 'failed' : 'passed'}  ${title}: ${told}`, ...wrong].join('\n  '))
}
console.log(`${Object.keys(truths).length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
