import type { Capability, Cluster } from '../cluster.ts'
import type { NodeObject } from '../kube.ts'
import { type ExistingAccess, existingCapabilities, refuseBuilt } from './cluster.ts'
import { fenced } from './fence.ts'
import { noteUses } from './uses.ts'

/**
 * A simulated cluster in the place of an existing one: it can no more than that, its API is as fenced, and it notes what
 * is asked of it. Where nodes may be hurt, that is said of all of its own.
 */
export async function rehearsalOn(simulated: Cluster, access: ExistingAccess): Promise<Cluster> {
  const there = existingCapabilities(access)
  const both = [...simulated.capabilities].filter((one: Capability) => there.has(one))
  const { kube, uses } = noteUses(simulated.kube)
  const { items } = await simulated.kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
  const names = items.map(({ metadata }) => metadata?.name ?? '')
  const writableNodes = access.writableNodes.length > 0 ? names : []
  return {
    ...simulated,
    kube: fenced(kube, { ...access, writableNodes }),
    capabilities: new Set(both),
    rehearsal: uses,
    provideImages: async (supply, options) => {
      refuseBuilt(access, supply)
      await simulated.provideImages(supply, options)
    },
    [Symbol.asyncDispose]: () => simulated[Symbol.asyncDispose](),
  }
}
