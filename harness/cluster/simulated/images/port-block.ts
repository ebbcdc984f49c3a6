import type { Host } from '../../../model/behaviour.ts'
import type { Block } from '../network/barriers.ts'
import { networkOf } from '../network/network.ts'
import type { Inside } from '../world.ts'
import { keepInPlace, say } from './node-rule.ts'

/** What the harness asks for: harness/image/port-block.ts. */
type Order = Pick<Block, 'ip' | 'port' | 'with'>

/** Keeps its node from one port of one pod, as if nothing listened there, or nobody answered. */
export function portBlock(host: Host, inside: Inside): void {
  const { ip, port, with: as } = JSON.parse(host.command[2] ?? '{}') as Order
  const target = `${ip}:${port}`
  keepInPlace(host, inside, target, () =>
    networkOf(inside.world).barriers.place(inside.process.order.machine, {
      ...{ sort: 'block', ip, port, with: as },
      onFailed: () => say(host, inside, { failed: target, as }),
    }),
  )
}
