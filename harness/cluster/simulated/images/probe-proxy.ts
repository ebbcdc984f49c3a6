import type { Host } from '../../../model/behaviour.ts'
import type { Interception } from '../network/barriers.ts'
import { networkOf } from '../network/network.ts'
import type { Inside } from '../world.ts'
import { keepInPlace, say } from './node-rule.ts'

/** What the harness asks for: harness/image/probe-proxy.ts. */
type Order = Pick<Interception, 'ip' | 'port' | 'path' | 'headers' | 'failure'>

/** Stands between the kubelet and one port of one pod on its node, and answers the probe's own requests as it was told. */
export function probeProxy(host: Host, inside: Inside): void {
  const { ip, port, path, headers, failure } = JSON.parse(host.command[2] ?? '{}') as Order
  keepInPlace(host, inside, `${ip}:${port}`, () =>
    networkOf(inside.world).barriers.place(inside.process.order.machine, {
      ...{ sort: 'intercept', ip, port, path, headers, failure },
      onFailed: (asked) => say(host, inside, { failed: asked, as: failure.with }),
    }),
  )
}
