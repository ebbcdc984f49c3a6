import type { Timeline } from '../timeline/timeline.ts'

/** What a recording says of a claim so far. Times are milliseconds from the scenario's zero. */
export type Judgement =
  /** What was waited for was seen. `detail` says what, as part of a sentence. */
  | { is: 'held'; atMs: number; detail: string; reached?: Reached[] }
  /** It can no longer hold. */
  | { is: 'broken'; atMs: number; detail: string }
  /** It cannot be judged at all; `tooSlow` where nothing but the machine is to blame. */
  | { is: 'unjudgeable'; detail: string; tooSlow?: true }
  /** Neither yet. `lastSeen` says how things stand. */
  | { is: 'open'; lastSeen: string }

/** One of several things that were waited for together. */
export interface Reached {
  what: string
  atMs: number
}

/** Reads a timeline and nothing else. Counts only what was seen from `sinceMs` on. */
export type Judge = (timeline: Timeline, sinceMs: number) => Judgement

/** `12.34 s`, as times on the timeline are told. */
export function at(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
