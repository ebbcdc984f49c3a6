/** How a bar looks: each tone differs from the others by fill, outline or hatching, not by hue alone. */
export type Tone =
  | 'fault'
  | 'window'
  | 'step'
  | 'exists'
  | 'pending'
  | 'running'
  | 'terminating'
  | 'waiting'
  | 'ready'
  | 'serving'
  | 'short'
  | 'gap'

/** What a mark stands for: each has a shape of its own. */
export type Shape = 'receipt' | 'measured' | 'late' | 'killed' | 'completed' | 'probe' | 'warning' | 'loss'

/** A state that held, in milliseconds from the scenario's zero; `toMs` is null while it still holds. */
export interface Bar {
  fromMs: number
  toMs: number | null
  tone: Tone
  what: string
  label?: string
}

/** A point in time. */
export interface Mark {
  atMs: number
  shape: Shape
  what: string
  label?: string
}

export interface Lane {
  label: string
  /** A few words behind the label. */
  note?: string
  bars: Bar[]
  marks: Mark[]
}

/** Lanes that belong together; the first one names them. */
export interface Group {
  sort: 'faults' | 'workload' | 'node' | 'pod' | 'unchanged' | 'traffic'
  lanes: Lane[]
}

/** The order of time, and of length where two begin together: what is drawn later lies on top. */
export function byTime(
  a: { fromMs: number; toMs: number | null },
  b: { fromMs: number; toMs: number | null },
): number {
  return a.fromMs - b.fromMs || (b.toMs ?? Infinity) - (a.toMs ?? Infinity)
}

/** A time on the scenario's clock, in seconds. */
export function clock(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}

/** From when to when a bar held, as text. */
export function span(bar: { fromMs: number; toMs: number | null }): string {
  return bar.toMs === null ? `${clock(bar.fromMs)} to the end` : `${clock(bar.fromMs)} – ${clock(bar.toMs)}`
}
