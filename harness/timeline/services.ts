import { z } from 'zod'
import { calledIn } from '../model/observation.ts'
import type { Timeline } from './timeline.ts'

const serviceObject = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().default(''), uid: z.string() }),
  spec: z
    .object({
      clusterIP: z.string().default(''),
      ports: z.array(z.object({ port: z.number(), protocol: z.string().default('TCP') })).default([]),
    })
    .default({ clusterIP: '', ports: [] }),
})

/**
 * A Service into intervals of its address: another begins where its clusterIP or one of its ports changes.
 * https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies
 *
 *     ADDED     clusterIP 10.96.0.7, port 80      service ──┐
 *     MODIFIED  clusterIP 10.96.0.7, port 8080              service ────
 */
export function reduceService(
  timeline: Timeline,
  raw: unknown,
  deleted: boolean,
  atMs: number,
  alias?: string,
): void {
  const { metadata, spec } = serviceObject.parse(raw)
  const { name, namespace, uid } = metadata
  const ports = spec.ports.map(({ port, protocol }) => `${port}/${protocol}`).join(', ')
  const key = `service ${uid} `
  timeline.hold(`${key}address`, {
    ...{ kind: 'service', subject: `Service/${namespace}/${name}`, uid, fromMs: atMs },
    detail: { name: calledIn(alias, name), clusterIP: spec.clusterIP, ports },
  })
  if (deleted) timeline.endAll(key, atMs)
}
