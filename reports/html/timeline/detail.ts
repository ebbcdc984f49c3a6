import type { IntervalResult } from '../../../harness/model/result.ts'

/** The pod that an interval tells of: `key` is `Pod/namespace/name`. */
export interface PodName {
  key: string
  name: string
}

/** A text of an interval's detail, which is an open record; undefined where it is absent or no text. */
export function textIn(interval: IntervalResult, field: string): string | undefined {
  const value = interval.detail[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A number of an interval's detail. */
export function numberIn(interval: IntervalResult, field: string): number | undefined {
  const value = interval.detail[field]
  return typeof value === 'number' ? value : undefined
}

/** The pod behind an interval of a pod, a container or an endpoint; undefined for anything else. */
export function podOf(interval: IntervalResult): PodName | undefined {
  const [kind, namespace, name] = interval.subject.split('/')
  const named = interval.kind.startsWith('endpoint-') ? textIn(interval, 'pod') : undefined
  if (named !== undefined) return { key: `Pod/${namespace ?? ''}/${lastPart(named)}`, name: lastPart(named) }
  if (kind !== 'Pod' || name === undefined) return undefined
  return { key: `Pod/${namespace ?? ''}/${name}`, name }
}

/** The container behind an interval of one. */
export function containerOf(interval: IntervalResult): string {
  return textIn(interval, 'container') ?? interval.subject.split('/').slice(3).join('/')
}

/** Whether a text names the subject: itself, or something inside it. */
export function names(text: string, subject: string): boolean {
  return text === subject || text.startsWith(`${subject}/`) || text.startsWith(`${subject} `)
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
