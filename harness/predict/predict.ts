import { crashLoops, evicted, exits, logs, restarts } from './containers.ts'
import { joinsEndpoints, leavesEndpoints } from './endpoints.ts'
import { completes, fails } from './job-ends.ts'
import { becomesReady, becomesSteady, recovers, replaced, rollsOut, stalls } from './replicas.ts'

export { longEnoughToRestart } from './containers.ts'
export type { Situation } from './situation.ts'

/**
 * The windows in which Kubernetes should act, each from its anchor: the fault's receipt, or its revert where the name
 * says so. For a failed probe the receipt is the first failure. Undefined where nothing should follow.
 */
export const predict = {
  ...{ restarts, crashLoops, exits, logs, evicted },
  ...{ leavesEndpoints, joinsEndpoints },
  ...{ replaced, recovers, becomesReady, becomesSteady, rollsOut, stalls },
  ...{ completes, fails },
}
