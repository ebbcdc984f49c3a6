import { type DockerFacts, dockerFacts } from '../cluster/kind/docker.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { ExistingOptions } from './existing-options.ts'
import type { RunOptions } from './run.ts'

export type ProviderChoice =
  /** With what the Docker engine said of itself, where it was asked. */
  | { provider: 'kind'; facts?: DockerFacts }
  | { provider: 'existing'; existing: ExistingOptions }
  /** With why it was chosen, as words that may follow "for". */
  | { provider: 'simulated'; because: string }

type Question = Pick<RunOptions, 'cluster' | 'nodeImage' | 'signal' | 'existing'>

/**
 * kind where it was asked for or a Docker engine answers, else a simulated cluster. What only CI sees must not turn from
 * a real cluster to a simulated one unseen: where `CI` is set, `auto` does not fall back.
 *
 * @throws UsageError for a node image of a simulated cluster; EnvironmentError where a node image was named, or in CI, and no Docker engine answers.
 */
export async function chooseProvider(
  { cluster, nodeImage, signal, existing }: Question,
  env: NodeJS.ProcessEnv = process.env,
  ask: typeof dockerFacts = dockerFacts,
): Promise<ProviderChoice> {
  if (cluster === 'existing' && existing) return { provider: 'existing', existing }
  if (cluster === 'simulated') {
    if (nodeImage === undefined) return { provider: 'simulated', because: 'it was asked for' }
    throw new UsageError(`--node-image ${nodeImage}: a simulated cluster has no node image`, {
      remedy: 'Leave one of --node-image and --cluster simulated out.',
    })
  }
  if (cluster === 'kind') return { provider: 'kind' }
  try {
    const named = nodeImage ?? env.ROLYPOLY_NODE_IMAGE
    return { provider: 'kind', facts: await ask({ named, signal }) }
  } catch (error) {
    // An image that was named is a kind cluster that was asked for.
    if (nodeImage !== undefined || signal.aborted) throw error
    if (!(error instanceof EnvironmentError)) throw error
    if (!env.CI) return { provider: 'simulated', because: 'no Docker engine answers here' }
    throw new EnvironmentError(`${error.message}, and in CI a simulated cluster has to be asked for`, {
      ...(error.evidence && { evidence: error.evidence }),
      remedy: 'Start Docker (docker info must answer), or say --cluster simulated.',
    })
  }
}
