import { isOffline } from '../cluster/offline.ts'
import { checkBaseImage, checkBuild } from './doctor/build.ts'
import { checkCache } from './doctor/cache.ts'
import { judgeCgroup } from './doctor/cgroup.ts'
import { judgeEngine, probeEngine, withEngine } from './doctor/engine.ts'
import { type Finding, fine, settle } from './doctor/finding.ts'
import { checkInotify } from './doctor/inotify.ts'
import { checkKind } from './doctor/kind.ts'
import { checkLeftovers } from './doctor/leftovers.ts'
import { checkNode } from './doctor/node.ts'
import { checkNodeImage, shortName } from './doctor/node-image.ts'
import { page } from './doctor/print.ts'
import { checkDisk, checkMemory, judgeProcessors } from './doctor/room.ts'

const widest = 110

/**
 * Looks at what a run needs on this machine, and prints a line for each thing, with the command that mends it where it
 * is lacking. Downloads nothing and leaves nothing behind. 0 where a run can be made, 2 where not.
 */
export async function doctorCommand(): Promise<number> {
  const { findings, image } = await examine(process.env)
  const { stdout } = process
  const colour = stdout.isTTY && !process.env.NO_COLOR
  console.log(page(findings, { colour, width: Math.min(stdout.columns ?? widest, widest) }))
  console.log(`\n${conclusion(findings, image)}`)
  return findings.some(({ level }) => level === 'lack') ? 2 : 0
}

/** Does every check; those that do not wait for one another's answer run at once. */
async function examine(env: NodeJS.ProcessEnv): Promise<{ findings: Finding[]; image: string | undefined }> {
  const probing = probeEngine()
  const imaging = probing.then(({ engine }) => engine && checkNodeImage(engine, env))
  // Its failure is told by the check of its own, below.
  const choosing = imaging.then((answer) => answer?.choice).catch(() => undefined)
  const findings = await Promise.all([
    settle('Node', checkNode),
    settle('Docker engine', async () => judgeEngine(await probing)),
    settle('cgroup', () => withEngine(probing, judgeCgroup)),
    settle('node image', () =>
      withEngine(
        probing,
        async (engine) => ((await imaging) ?? (await checkNodeImage(engine, env))).judgement,
      ),
    ),
    settle('kind', () => checkKind(env)),
    settle('docker build', () => withEngine(probing, () => checkBuild(env))),
    settle('base image', () => withEngine(probing, () => checkBaseImage(env))),
    ...(isOffline(env)
      ? [settle('offline', () => fine('ROLYPOLY_OFFLINE is set: nothing is downloaded or pulled'))]
      : []),
    settle('disk', () =>
      withEngine(probing, async (engine) => checkDisk(engine, (await choosing)?.pull ?? false)),
    ),
    settle('memory', () => withEngine(probing, checkMemory)),
    settle('processors', () => withEngine(probing, judgeProcessors)),
    settle('inotify', () => withEngine(probing, checkInotify)),
    settle('cache', () => checkCache(env)),
    settle('leftovers', () => withEngine(probing, checkLeftovers)),
  ])
  const image = (await choosing)?.image
  return { findings, image: image && shortName(image) }
}

/** Which provider `rolypoly run` would choose, as the last lines. */
export function conclusion(
  findings: Finding[],
  image: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const lacks = findings.filter(({ level }) => level === 'lack').map(({ name }) => name)
  if (lacks.length === 0) return `rolypoly run would choose kind${image ? `, with nodes of ${image}` : ''}.`
  const things = lacks.length === 1 ? 'this' : `these ${lacks.length} things`
  const mended = `kind needs ${things} mended first: ${lacks.join(', ')}.`
  if (!lacks.includes('Docker engine')) return `rolypoly run would choose kind, and fail: ${mended}`
  return env.CI
    ? `rolypoly run would choose no provider: ${mended}\nIn CI a simulated cluster has to be asked for: rolypoly run --cluster simulated.`
    : `rolypoly run would choose a simulated cluster, which proves nothing about a real one: ${mended}`
}
