import { readFileSync } from 'node:fs'
import type { Interval } from '../model/interval.ts'
import type { Observation } from '../model/observation.ts'

/** The observations of a recording's file, in the order of their arrival. */
export function readRecording(path: string | URL): Observation[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Observation)
}

/** An interval as one line, for people to read: `1.250 - 3.500 s  pod-ready  Pod/shop/web-1 (uid)  pod=web-1`. */
export function tellInterval({ kind, subject, uid, fromMs, toMs, detail }: Interval): string {
  const seconds = (ms: number | null) => (ms === null ? 'open' : (ms / 1_000).toFixed(6))
  const details = Object.entries(detail).map(
    ([name, value]) => `${name}=${typeof value === 'object' ? pairs(value) : value}`,
  )
  return `${seconds(fromMs)} - ${seconds(toMs)}  ${kind}  ${subject} (${uid})  ${details.join(' ')}`
}

function pairs(value: object | null): string {
  if (value === null) return '-'
  const told = Object.entries(value).map(([name, inner]) => `${name}:${inner}`)
  return `{${told.join(',')}}`
}
