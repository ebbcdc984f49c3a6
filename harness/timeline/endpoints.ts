import { z } from 'zod'
import { calledIn } from '../model/observation.ts'
import type { Timeline } from './timeline.ts'

const sliceObject = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()).min(1),
        conditions: z
          .object({
            ready: z.boolean().nullish(),
            serving: z.boolean().nullish(),
            terminating: z.boolean().nullish(),
          })
          .default({}),
        targetRef: z.object({ kind: z.string().optional(), name: z.string(), uid: z.string() }).optional(),
      }),
    )
    .nullish(),
})

/**
 * An EndpointSlice into intervals, four for each endpoint that is a pod: listed, ready, serving, terminating. An
 * absent `ready` or `serving` means true, an absent `terminating` false.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
 *
 *     endpoints: [a ready]                          endpoint-listed(a) ─ endpoint-ready(a) ─ endpoint-serving(a)
 *     endpoints: [a terminating, serving]           ready ends, endpoint-terminating(a) begins
 *     endpoints: []                                 all of them end
 */
export function reduceEndpointSlice(
  timeline: Timeline,
  raw: unknown,
  deleted: boolean,
  atMs: number,
  alias?: string,
): void {
  const { metadata, endpoints } = sliceObject.parse(raw)
  const service = calledIn(alias, metadata.labels['kubernetes.io/service-name'] ?? '')
  const prefix = `slice ${metadata.uid} `
  const listed = new Set<string>()
  for (const endpoint of deleted ? [] : (endpoints ?? [])) {
    if (!endpoint.targetRef) continue
    const { name: pod, uid } = endpoint.targetRef
    const key = `${prefix}${uid} `
    listed.add(uid)
    const address = endpoint.addresses[0] ?? ''
    const at = { subject: `Pod/${metadata.namespace}/${pod}`, uid, fromMs: atMs }
    const detail = { service, slice: metadata.name, address, pod }
    const { ready, serving, terminating } = endpoint.conditions
    const states = [
      ['endpoint-listed', true],
      ['endpoint-ready', ready ?? true],
      ['endpoint-serving', serving ?? ready ?? true],
      ['endpoint-terminating', terminating ?? false],
    ] as const
    for (const [kind, holds] of states) {
      if (holds) timeline.hold(`${key}${kind}`, { ...at, kind, detail })
      else timeline.end(`${key}${kind}`, atMs)
    }
  }
  for (const key of timeline.openKeys(prefix)) {
    const uid = key.slice(prefix.length, key.indexOf(' ', prefix.length))
    if (!listed.has(uid)) timeline.end(key, atMs)
  }
}
