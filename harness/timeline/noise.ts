import { formatMs } from '../model/duration.ts'
import { leftOut } from '../model/fault.ts'
import type { NoiseObservation } from '../model/observation.ts'
import type { Noise } from '../model/result.ts'
import type { Timeline } from './timeline.ts'

/** A beat begins so often, or when the last one is over where that is later. */
export const beatEveryMs = 2_000
/** A beat is over after so long, with or without its answer and its event. */
export const beatLimitMs = 10_000

/** Nine in ten writes, and their events, take less than this on a machine that is not too busy. */
const calmMs = 250
/**
 * With few cores and many threads that wake together, some task waits nearly always, and all is well. Seen on two
 * cores: 0.90 with writes of 27 ms, 0.94 with four scenarios at once, writes of 170 ms and nothing late.
 */
const calmWaiting = 0.9
/**
 * So many tasks for each CPU, and no more, are there on a calm machine. With twice as many each gets half of the time:
 * an app that starts on it takes twice as long. Seen with three scenarios at once on two cores, all of them in their
 * windows: 4.9 by the median of 578 beats, 7.5 by the upper quartile.
 */
const calmQueue = 8
/**
 * With so many, what takes many turns, as the start of a pod does, is late by more than the queue alone explains. Seen at
 * 20 with 24 scenarios at once: 4 of 12 healthy ones were later than 2.5 times a calm machine's share.
 */
const longestQueue = 2 * calmQueue
/** Slower than this is beyond judging: whatever is missing may be still on its way. */
export const slowestFactor = 10
/** So much is measured of calm machines too. */
const countsFrom = 1.25

/** How much slower than a calm machine this one was in a stretch of time. */
export interface Slowdown {
  /** How many times longer than on a calm machine things took: from 1 to {@link slowestFactor}. */
  factor: number
  /** The time in which nothing came through at all, in milliseconds: single beats that the factor may not show. */
  stalledMs: number
  /** The figures as words; empty where nothing was measured. */
  because: string
}

/**
 * From what was measured between two times. A beat stands for the time until the next is due. One that is still out
 * counts with what it has taken so far, for it is the slowest that is not yet written down:
 *
 *     beat at 2.0 s  apiMs 12    beat at 4.0 s  apiMs 15    (nothing more)    asked at 9.0 s: one is out for 3.0 s
 */
export function slowdown(timeline: Timeline, fromMs: number, toMs: number): Slowdown {
  const beats = beatsIn(timeline, fromMs, toMs)
  return slownessOf(beats, beats, fromMs)
}

/**
 * As {@link slowdown}, for what happens on the nodes by itself: an API server that a fault keeps away delays what is learnt
 * of a pod, and not the pod. Only the CPUs tell of such a time.
 */
export function slowdownOfNodes(timeline: Timeline, fromMs: number, toMs: number): Slowdown {
  const outages = outagesOf(timeline)
  const isSpoilt = (beat: NoiseObservation) =>
    outages.some((outage) => overAt(beat) >= outage.fromMs && beat.atMs <= outage.toMs)
  const beats = beatsIn(timeline, fromMs, toMs)
  const answered = beats.filter((beat) => !isSpoilt(beat))
  return slownessOf(beats, answered, fromMs)
}

/** A fault's revert begins to give the API server back: it is there once a beat that was sent since is answered. */
function outagesOf(timeline: Timeline): { fromMs: number; toMs: number }[] {
  const outages = timeline.of('fault').filter(({ detail: { kind, target, landedMs, evidence } }) => {
    const isOutage = kind === 'stopControlPlane' && target === 'kube-apiserver'
    return isOutage && landedMs !== null && evidence !== leftOut
  })
  return outages.map(({ fromMs, toMs }) => {
    const revertedMs = toMs ?? Number.POSITIVE_INFINITY
    const first = timeline.noise.find((beat) => beat.atMs >= revertedMs && tookMs(beat) < beatLimitMs)
    return { fromMs, toMs: first?.atMs ?? Number.POSITIVE_INFINITY }
  })
}

/** Those that stand for some of the time between the two, oldest first. */
function beatsIn({ noise }: Timeline, fromMs: number, toMs: number): NoiseObservation[] {
  return [...noise, ...stillOut(noise.at(-1), toMs)].filter(
    (beat) => beat.atMs <= toMs && Math.max(beat.atMs + beatEveryMs, overAt(beat)) >= fromMs,
  )
}

/** @param answered those of the beats that tell of the API server, too */
function slownessOf(beats: NoiseObservation[], answered: NoiseObservation[], fromMs: number): Slowdown {
  const apiMs = quantile(
    answered.map((beat) => beat.apiMs),
    0.9,
  )
  const watchMs = quantile(answered.map(arrivedMs), 0.9)
  const shares = beats.flatMap(({ cpuWaiting }) => cpuWaiting ?? [])
  const waiting = shares.length > 0 ? quantile(shares, 0.5) : undefined
  const queues = beats.flatMap(({ cpuQueue }) => cpuQueue ?? [])
  const queue = queues.length > 0 ? quantile(queues, 0.75) : undefined
  const most = Math.max(
    apiMs / calmMs,
    watchMs / calmMs,
    (1 - calmWaiting) / (1 - (waiting ?? 0)),
    queueFactor(queue ?? 0),
  )
  const stalls = answered.filter((beat) => tookMs(beat) >= calmMs * slowestFactor)
  const stalledMs = stalls.reduce((sum, beat) => sum + overAt(beat) - Math.max(fromMs, beat.atMs), 0)
  const figures = [
    answered.length > 0 && `API writes took ${formatMs(apiMs)} (p90), watch events ${formatMs(watchMs)}`,
    waiting !== undefined && `tasks waited for a CPU ${Math.round(waiting * 100)} % of the time`,
    queue !== undefined && `${queue.toFixed(1)} tasks for each CPU`,
    stalledMs > 0 && `nothing came through for ${formatMs(stalledMs)}`,
  ]
  return {
    factor: most < countsFrom ? 1 : Math.min(most, slowestFactor),
    stalledMs,
    because: figures.filter(Boolean).join(', '),
  }
}

function queueFactor(queue: number): number {
  return queue < longestQueue ? queue / calmQueue : slowestFactor
}

/** How busy the machine was from the first beat to the last; undefined where there was none. */
export function noiseSummary({ noise }: Timeline): Noise | undefined {
  if (noise.length === 0) return undefined
  const shares = noise.flatMap(({ cpuWaiting }) => cpuWaiting ?? [])
  const queues = noise.flatMap(({ cpuQueue }) => cpuQueue ?? [])
  return {
    samples: noise.length,
    apiMs: spread(noise.map(({ apiMs }) => apiMs)),
    watchMs: spread(noise.map(arrivedMs)),
    ...(shares.length > 0 && { cpuWaiting: spread(shares) }),
    ...(queues.length > 0 && { cpuQueue: spread(queues) }),
  }
}

/** The beat that should have come by then. Longer ago than a beat may take, nobody measures any more. */
function stillOut(last: NoiseObservation | undefined, nowMs: number): NoiseObservation[] {
  if (!last) return []
  const atMs = last.atMs + Math.max(beatEveryMs, tookMs(last))
  const outMs = nowMs - atMs
  if (outMs < calmMs || outMs > 2 * beatLimitMs) return []
  return [{ source: 'noise', atMs, apiMs: outMs, watchMs: outMs }]
}

/** An event that did not come in time was out for as long as it was waited for. */
function arrivedMs({ watchMs }: NoiseObservation): number {
  return watchMs ?? beatLimitMs
}

function overAt(beat: NoiseObservation): number {
  return beat.atMs + tookMs(beat)
}

function tookMs(beat: NoiseObservation): number {
  return Math.max(beat.apiMs, arrivedMs(beat))
}

function spread(values: number[]): { p50: number; max: number } {
  return { p50: quantile(values, 0.5), max: Math.max(...values) }
}

/** The smallest value that so large a part of them does not exceed. */
function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0
}
