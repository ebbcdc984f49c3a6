import { formatMs } from '../harness/model/duration.ts'

/** `1 pod`, `2 pods`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `12 345`, with narrow no-break spaces. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** A length of time to the tenth of a second from 0.1 s on: what two stops of an app are told apart by. */
export function seconds(ms: number): string {
  if (ms < 0) return `-${seconds(-ms)}`
  return ms < 99.5 || ms >= 119_950 ? formatMs(ms) : `${(ms / 1_000).toFixed(1)} s`
}
