import { UsageError } from '../model/errors.ts'
import type { ExistingOptions } from '../scenario/existing-options.ts'
import type { RunArguments } from './run.ts'

/** So many pods of somebody else's cluster may be hurt at once unless the user says otherwise. */
const usualAtMostHurt = 10

type Given = Pick<RunArguments, 'cluster' | 'dryRun' | 'keep' | 'nodeImage' | keyof ExistingOptions>

/**
 * What was said of an existing cluster; undefined where none is meant. A context that is named means one.
 *
 * @throws UsageError where another cluster is asked for as well.
 */
export function existingOptions(given: Given): ExistingOptions | undefined {
  const { cluster, context, kubeconfig, helperImage, imagesPresent, allowNodeFaults, allowPrivileged } = given
  if (cluster !== 'existing' && (cluster !== 'auto' || context === undefined)) {
    const said = saidOf(given)
    if (said === undefined) return undefined
    throw new UsageError(`${said}: is of an existing cluster, and none is named`, {
      remedy: `Leave it out, or say which cluster is meant: --context NAME${cluster === 'auto' ? '' : ', without --cluster'}`,
    })
  }
  const own = given.keep ? '--keep' : given.nodeImage !== undefined ? '--node-image' : undefined
  if (own) {
    throw new UsageError(`${own}: is of a cluster that the run makes, and an existing one is named`, {
      remedy: 'Leave one of them out.',
    })
  }
  return {
    ...{ ...(context !== undefined && { context }), ...(kubeconfig !== undefined && { kubeconfig }) },
    ...(helperImage !== undefined && { helperImage }),
    ...{ imagesPresent, allowNodeFaults, allowPrivileged },
    atMostHurt: given.atMostHurt ?? usualAtMostHurt,
  }
}

function saidOf(given: Given): string | undefined {
  const said: Record<string, boolean> = {
    '--dry-run': given.dryRun,
    '--context': given.context !== undefined,
    '--kubeconfig': given.kubeconfig !== undefined,
    '--helper-image': given.helperImage !== undefined,
    '--images-present': given.imagesPresent,
    '--allow-node-faults': given.allowNodeFaults.length > 0,
    '--allow-privileged': given.allowPrivileged,
    '--at-most-hurt': given.atMostHurt !== undefined,
  }
  return Object.keys(said).find((option) => said[option])
}
