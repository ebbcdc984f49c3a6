import { readContext } from '../cluster/existing/kubeconfig.ts'
import { kindBinary } from '../cluster/kind/binary.ts'
import { kubeOf } from '../cluster/kube-client.ts'
import { type Swept, sweep } from '../journal/sweep.ts'
import { sweepContext } from '../journal/sweep-context.ts'
import { UsageError } from '../model/errors.ts'

export interface SweepArguments {
  kept: boolean
  /** A cluster that is not the run's own: its namespaces of dead runs. */
  context?: string
  kubeconfig?: string
}

/** Undoes what dead runs left and lists it: 0 where nothing is left, 2 where something could not be undone. */
export async function sweepCommand(options: SweepArguments): Promise<number> {
  const { undone, spared, left } = await swept(options)
  for (const line of undone) console.log(line)
  for (const line of spared) console.log(`spared ${line}`)
  for (const line of left) console.error(`left: ${line}`)
  if (undone.length + spared.length + left.length === 0) console.log('nothing to sweep')
  return left.length === 0 ? 0 : 2
}

async function swept({ kept, context, kubeconfig }: SweepArguments): Promise<Swept> {
  if (context !== undefined && kept) {
    throw new UsageError('--kept: is of kind clusters that were kept, and --context names another cluster', {
      remedy: 'Leave one of them out.',
    })
  }
  if (context !== undefined) return sweepContext(kubeOf(readContext({ context, kubeconfig }, process.env)))
  if (kubeconfig !== undefined) {
    throw new UsageError('--kubeconfig: no context of it is named', { remedy: 'Say which: --context NAME' })
  }
  const { path } = await kindBinary({ onProgress: (line) => console.error(line) })
  return sweep(path, { kept, nowMs: Date.now() })
}
