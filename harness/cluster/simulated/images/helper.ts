import type { Host } from '../../../model/behaviour.ts'
import type { BehaviourInside, Inside } from '../world.ts'
import { portBlock } from './port-block.ts'
import { probeProxy } from './probe-proxy.ts'
import { prober } from './prober.ts'

const programs: Record<string, (host: Host, inside: Inside) => void> = {
  'prober.ts': prober,
  'probe-proxy.ts': probeProxy,
  'port-block.ts': portBlock,
}

/** What rolypoly's own image does: `node <program> ...`, one of those in harness/image. */
export const helperBehaviour: BehaviourInside = (host: Host, inside: Inside) => {
  const [node, name = ''] = host.command
  const program = node === 'node' ? programs[name] : undefined
  if (!program) throw new Error(`${host.command.join(' ')}: the helper image has no such program`)
  program(host, inside)
}
