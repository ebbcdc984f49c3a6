import type { PodObject } from '../../kube.ts'
import { isActive, isReady } from '../controllers/pod-state.ts'
import { limitsOf } from '../controllers/rollout.ts'
import type { World } from '../world.ts'
import type { Invariants } from './invariants.ts'
import { namespace } from './workload.ts'

/**
 * From now on, where nothing but roll-outs happens: as many pods are ready as a rolling update has to leave available,
 * there are no more than it may have, and no container ends by itself.
 */
export function holdRollouts(world: World, invariants: Invariants): void {
  const { store } = world
  store.on('Pod', ({ object }) => {
    const deployment = store.get('Deployment', 'web', namespace)
    const isGoing = store.get('Namespace', namespace)?.metadata?.deletionTimestamp !== undefined
    if (object.metadata?.namespace !== namespace || !deployment || isGoing) return
    const { containerStatuses = [] } = (object as PodObject).status ?? {}
    if (containerStatuses.some(({ restartCount }) => restartCount > 0)) {
      invariants.say(`${object.metadata.name} was restarted, and nothing has happened to it`)
    }
    const { isRolling, most, leastAvailable } = limitsOf(deployment)
    const active = store.list('Pod', namespace).filter(isActive)
    if (!isRolling || active.length === 0) return
    const ready = active.filter(isReady).length
    if (ready < leastAvailable) invariants.say(`${ready} pods are ready of ${leastAvailable} at least`)
    if (active.length > most) invariants.say(`there are ${active.length} pods of ${most} at most`)
  })
}
