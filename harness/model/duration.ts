/** A length of time: milliseconds as a number, or a number with its unit, as in `'500ms'`, `'30s'`, `'5m'`, `'1h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

/** The longest that a timer of Node's can wait: 24.8 days. */
const limitMs = 2 ** 31 - 1

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/**
 * The length in milliseconds.
 *
 * @throws TypeError for anything that is not a finite, non-negative length with a known unit.
 */
export function toMs(duration: Duration): number {
  const parts = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(duration) : undefined
  const ms = parts ? Number(parts[1]) * unitMs[parts[2] as keyof typeof unitMs] : duration
  if (typeof ms === 'number' && ms >= 0 && ms <= limitMs) return ms
  throw new TypeError(
    `${JSON.stringify(duration)} is not a duration: give milliseconds as a number, or text such as '500ms', '30s', '5m', of at most 24 days`,
  )
}

/** A length in milliseconds as people read it: `850 ms`, `12.3 s`, `2 min 05 s`. */
export function formatMs(ms: number): string {
  if (ms <= -0.5) return `-${formatMs(-ms)}`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 119_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** When something came, counted from something else: `12.3 s after`, `8 ms before`. */
export function formatOffset(ms: number): string {
  return ms <= -0.5 ? `${formatMs(-ms)} before` : `${formatMs(ms)} after`
}

/** How long something took: `12.3 s`, or `8 ms before` where it came before what it is counted from. */
export function formatMeasured(ms: number): string {
  return ms <= -0.5 ? formatOffset(ms) : formatMs(ms)
}
