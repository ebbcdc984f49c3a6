import { dockerFacts, type PresentImage } from '../../cluster/kind/docker.ts'
import { chooseNodeImage, type NodeImageChoice } from '../../cluster/kind/node-image.ts'
import { isOffline } from '../../cluster/offline.ts'
import { UsageError } from '../../model/errors.ts'
import type { Engine } from './engine.ts'
import { fine, type Judgement } from './finding.ts'

/** A judgement, and the image that it is of. */
export interface NodeImageJudgement {
  judgement: Judgement
  choice?: NodeImageChoice
}

const timeoutMs = 4_000

export async function checkNodeImage(engine: Engine, env: NodeJS.ProcessEnv): Promise<NodeImageJudgement> {
  const signal = AbortSignal.timeout(timeoutMs)
  const { nodeImages } = await dockerFacts({ named: env.ROLYPOLY_NODE_IMAGE, signal })
  return judgeNodeImage(nodeImages, engine.cgroupVersion, env)
}

/** Says which image a run without `--node-image` takes, and why. */
export function judgeNodeImage(
  present: PresentImage[],
  cgroupVersion: 1 | 2,
  env: NodeJS.ProcessEnv,
): NodeImageJudgement {
  let choice: NodeImageChoice
  try {
    choice = chooseNodeImage({ env, present, cgroupVersion })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { judgement: { level: 'lack', found: error.message, remedy: 'unset ROLYPOLY_NODE_IMAGE' } }
  }
  const { image, pull } = choice
  // What follows the semicolon is cgroup's, which has a line of its own.
  const because = choice.because.replace(/;.*$/, '')
  if (!pull) return { choice, judgement: fine(`${shortName(image)}: ${because}`) }
  const remedy = `docker pull ${image}`
  if (isOffline(env)) {
    const found = `${shortName(image)} is not here, and ROLYPOLY_OFFLINE forbids to pull it (${because})`
    return { choice, judgement: { level: 'lack', found, remedy } }
  }
  const found = `${shortName(image)} is not here yet, and the first run pulls it: ${because}`
  return { choice, judgement: { level: 'warning', found, remedy } }
}

/** A name that a line can carry: its digest, where it has a tag too, is left out. */
export function shortName(image: string): string {
  return image.replace(/(:[^/@]+)@sha256:.*$/, '$1')
}
