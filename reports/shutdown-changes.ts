import type { Shutdown, ShutdownResult } from '../harness/model/result.ts'
import { counted, grouped, seconds } from './numbers.ts'
import { cleanExit, podName, stopSentence } from './shutdown-words.ts'

/** What is not as it was in an earlier run. */
export interface Change {
  text: string
  sense: 'worse' | 'other' | 'better'
}

/** What is said where there is no change. */
export const unchanged = 'no difference that matters'

const senses: readonly Change['sense'][] = ['worse', 'other', 'better']

/** Below this, two exits of the same app differ by chance. */
const slowerMs = 1_000

/** The stop of a pod in a sentence, and in a second one what has changed since the earlier run. */
export function stopSentences(stop: ShutdownResult): string[] {
  const { before } = stop
  const own = `${podName(stop.subject)}: ${stopSentence(stop)}.`
  if (!before) return [own]
  const changed = changes(stop, before).map(({ text }) => text)
  return [own, `Against run ${before.run}: ${changed.length === 0 ? unchanged : changed.join(', ')}.`]
}

/** What matters and is not as it was before, the worst of it first. */
export function changes(now: Shutdown, before: Shutdown): Change[] {
  const found = [
    ...exitChange(now, before),
    ...endChange(now, before),
    ...paceChange(now, before),
    ...requestChange(now, before),
    ...keepAliveChange(now, before),
    ...orderChange(now, before),
    ...settingChange('stop signal', before.signal?.name, now.signal?.name),
    ...settingChange('grace period', seconds(before.graceMs), seconds(now.graceMs)),
  ]
  return found.toSorted((a, b) => senses.indexOf(a.sense) - senses.indexOf(b.sense))
}

function exitChange(now: Shutdown, before: Shutdown): Change[] {
  if (!before.exit) return []
  if (!now.exit) return [{ text: `exit not seen where it was ${before.exit.code}`, sense: 'other' }]
  if (now.exit.code === before.exit.code) return []
  const text = `exit code ${before.exit.code} → ${now.exit.code}`
  const clean = cleanExit(now)
  return [{ text, sense: clean === cleanExit(before) ? 'other' : clean ? 'better' : 'worse' }]
}

function endChange(now: Shutdown, before: Shutdown): Change[] {
  if (!now.endedBy || !before.endedBy || now.endedBy === before.endedBy) return []
  return now.endedBy === 'SIGKILL'
    ? [{ text: 'SIGKILL had to end it', sense: 'worse' }]
    : [{ text: 'SIGKILL no longer had to end it', sense: 'better' }]
}

function paceChange(now: Shutdown, before: Shutdown): Change[] {
  if (!now.exit || !before.exit) return []
  const ms = now.exit.atMs - before.exit.atMs
  if (Math.abs(ms) < slowerMs) return []
  return ms > 0
    ? [{ text: `${seconds(ms)} slower to exit`, sense: 'worse' }]
    : [{ text: `${seconds(-ms)} faster to exit`, sense: 'better' }]
}

/** Requests through the Service that were in flight or came late. */
function requestChange(now: Shutdown, before: Shutdown): Change[] {
  const lost = ({ inFlight, late }: Shutdown): Damage => {
    const count = inFlight.lost + late.lost
    return { count, outOf: count + inFlight.answered + late.answered }
  }
  return damageChange(lost(now), lost(before), 'request', 'lost')
}

function keepAliveChange(now: Shutdown, before: Shutdown): Change[] {
  const cut = ({ keepAlive: { drained, cut } }: Shutdown): Damage => ({ count: cut, outOf: drained + cut })
  return damageChange(cut(now), cut(before), 'kept-alive connection', 'cut')
}

interface Damage {
  count: number
  outOf: number
}

/** Where there was nothing to hurt, nothing has become better. */
function damageChange(now: Damage, before: Damage, noun: string, verb: string): Change[] {
  if (now.count === before.count || now.outOf === 0) return []
  const many = now.count === 0 ? `no ${noun}` : counted(now.count, noun)
  return [
    { text: `${many} ${verb} where ${were(before)}`, sense: now.count > before.count ? 'worse' : 'better' },
  ]
}

function were({ count, outOf }: Damage): string {
  if (outOf === 0) return 'there was none'
  return count === 0 ? 'none was' : count === 1 ? 'one was' : `${grouped(count)} were`
}

/** Whether it stopped listening before its endpoint left: what a preStop sleep is for. */
function orderChange(now: Shutdown, before: Shutdown): Change[] {
  const [is, was] = [stoppedListeningEarly(now), stoppedListeningEarly(before)]
  if (is === undefined || was === undefined || is === was) return []
  return is
    ? [{ text: 'stopped listening before its endpoint left', sense: 'worse' }]
    : [{ text: 'listened until its endpoint had left', sense: 'better' }]
}

function stoppedListeningEarly({ firstRefusedMs, endpointLeftMs }: Shutdown): boolean | undefined {
  if (firstRefusedMs === undefined || endpointLeftMs === undefined) return undefined
  return firstRefusedMs < endpointLeftMs
}

function settingChange(name: string, before: string | undefined, now: string | undefined): Change[] {
  if (before === undefined || now === undefined || before === now) return []
  return [{ text: `${name} ${before} → ${now}`, sense: 'other' }]
}
