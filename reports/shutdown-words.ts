import { isGraceSpent } from '../harness/model/grace.ts'
import type { Shutdown } from '../harness/model/result.ts'
import { grouped, seconds } from './numbers.ts'

/** One clause of how a pod stopped; `bad` where it hurt somebody, or was not the pod's own end. */
export interface Clause {
  text: string
  bad: boolean
}

/** Below this a signal has come with the deletion: the kubelet takes its time over a preStop hook alone. */
const atOnceMs = 1_000

/** An exit code of a death by a signal is 128 and the signal's number (POSIX shells, and containerd, have it so). */
const signalNumbers: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 }

/** How one pod stopped, clause by clause; what was not seen is said to be so. */
export function clauses(stop: Shutdown): Clause[] {
  const after = stop.signal ? 'sent after the signal' : 'sent after its deletion'
  return [
    told(stop),
    ...requests(stop.inFlight, 'in flight', [fine('had no request in flight')]),
    ...requests(stop.late, after, []),
    ...keptAlive(stop),
    listening(stop),
    ...stillRouted(stop),
    ended(stop),
  ]
}

/** How one pod stopped, in a sentence without its subject. */
export function stopSentence(stop: Shutdown): string {
  return clauses(stop)
    .map(({ text }) => text)
    .join(', ')
}

/** Whether anything of a stop was bad. */
export function fellShort(stop: Shutdown): boolean {
  return clauses(stop).some(({ bad }) => bad)
}

/** The name in `Pod/namespace/name`. */
export function podName(subject: string): string {
  return subject.slice(subject.lastIndexOf('/') + 1)
}

/** Whether an exit is a good end: 0, or the death by the very signal that it was told to stop by. */
export function cleanExit({ exit, signal, endedBy }: Shutdown): boolean {
  if (!exit || endedBy === 'SIGKILL') return false
  const number = signalNumbers[signal?.name ?? '']
  return exit.code === 0 || (number !== undefined && exit.code === 128 + number)
}

function fine(text: string): Clause {
  return { text, bad: false }
}

function told({ signal }: Shutdown): Clause {
  if (!signal) return fine('told to stop by a signal that was not seen')
  const waited = signal.atMs < atOnceMs ? '' : ` ${seconds(signal.atMs)} after its deletion`
  return fine(`told to stop by ${signal.name}${waited}`)
}

function requests(count: Shutdown['inFlight'], which: string, none: Clause[]): Clause[] {
  const total = count.answered + count.lost
  if (total === 0) return none
  if (count.lost > 0) return [{ text: `lost ${share(count.lost, total, 'request')} ${which}`, bad: true }]
  return [fine(`answered ${share(total, total, 'request')} ${which}`)]
}

function keptAlive({ keepAlive: { drained, cut } }: Shutdown): Clause[] {
  const total = drained + cut
  if (total === 0) return []
  if (cut > 0) return [{ text: `cut ${share(cut, total, 'kept-alive connection')}`, bad: true }]
  return [fine(`drained ${share(total, total, 'kept-alive connection')}`)]
}

/** `2 of 5 requests`, `all 5 requests`, `the one request`. */
function share(count: number, total: number, noun: string): string {
  if (total === 1) return `the one ${noun}`
  return `${count === total ? 'all' : `${grouped(count)} of`} ${grouped(total)} ${noun}s`
}

function listening(stop: Shutdown): Clause {
  const { firstRefusedMs: refused, lastAcceptedMs: accepted, endpointLeftMs: left } = stop
  if (refused === undefined) {
    if (accepted === undefined) return fine('no new connection to it was seen')
    const until = `accepted new connections until ${seconds(accepted)} after its deletion`
    return fine(`${until} and was not seen to refuse one`)
  }
  if (left === undefined) {
    const when = `refused new connections ${seconds(refused)} after its deletion`
    return fine(`${when}, its endpoint not seen to leave`)
  }
  const text =
    refused >= left
      ? `refused new connections ${seconds(refused - left)} after its endpoint had left`
      : `refused new connections ${seconds(left - refused)} before its endpoint left`
  return { text, bad: refused < left && (stop.late.lost > 0 || routedTooLongMs(stop) > 0) }
}

/** How long new connections were still sent to a pod that refused them. */
function routedTooLongMs({ lastRoutedMs, firstRefusedMs }: Shutdown): number {
  return Math.max(0, (lastRoutedMs ?? 0) - (firstRefusedMs ?? Infinity))
}

function stillRouted(stop: Shutdown): Clause[] {
  const ms = routedTooLongMs(stop)
  return ms > 0 ? [{ text: `was still sent new ones ${seconds(ms)} after that`, bad: true }] : []
}

function ended(stop: Shutdown): Clause {
  const { exit, endedBy, graceLeftMs: left, graceMs } = stop
  const code = exit ? ` (exit ${exit.code})` : ''
  if (endedBy === 'SIGKILL') {
    const when =
      left === undefined || isGraceSpent(left)
        ? `after its grace period of ${seconds(graceMs)}`
        : `with ${seconds(left)} of grace left`
    return { text: `was ended by SIGKILL${code} ${when}`, bad: true }
  }
  if (!exit) return fine('its exit was not seen')
  const how = endedBy === 'itself' ? ' by itself' : killedBy(exit)
  const grace =
    left === undefined
      ? ''
      : left < 0
        ? `, ${seconds(-left)} past its grace period`
        : ` with ${seconds(left)} of grace left`
  return { text: `exited ${exit.code}${how}${grace}`, bad: !cleanExit(stop) }
}

/** A SIGKILL that the runtime did not send. */
function killedBy({ code, reason }: { code: number; reason: string }): string {
  if (reason === 'OOMKilled') return ' (OOMKilled)'
  return code === 137 ? ', as after a SIGKILL,' : ''
}
