import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isOffline } from '../../cluster/offline.ts'
import { tryRun } from '../../cluster/process.ts'
import { fine, type Judgement } from './finding.ts'

const timeoutMs = 4_000

/** Builds an empty image, as a run builds its helper's, and takes it away again. Nothing is downloaded for that. */
export async function checkBuild(env: NodeJS.ProcessEnv): Promise<Judgement> {
  const builder = env.BUILDX_BUILDER
  const [buildx, inspected] = await Promise.all([
    tryRun('docker', ['buildx', 'version'], { timeoutMs }),
    builder ? tryRun('docker', ['buildx', 'inspect', builder], { timeoutMs }) : undefined,
  ])
  const version = buildx.ok ? (/v\d[\w.+-]*/.exec(buildx.stdout)?.[0] ?? '') : undefined
  const driver = inspected?.ok ? /^Driver: +(\S+)/m.exec(inspected.stdout)?.[1] : undefined
  // A builder of its own would have to be pulled and started, and keeps what it builds to itself.
  if (version !== undefined && driver !== undefined && driver !== 'docker') {
    return judgeBuild({ buildx: version, foreign: { builder: builder ?? '', driver } })
  }
  const input = `FROM scratch\nLABEL dev.rolypoly.doctor=${randomUUID()}\n`
  const built = await tryRun('docker', ['build', '--quiet', '-'], {
    ...{ input, timeoutMs },
    ...(version === undefined && { env: { DOCKER_BUILDKIT: '0' } }),
  })
  if (!built.ok) return judgeBuild({ buildx: version, failed: built.stderr || built.error.message })
  const removed = await tryRun('docker', ['image', 'rm', built.stdout.trim()], { timeoutMs })
  return judgeBuild({ buildx: version, ...(!removed.ok && { failed: removed.stderr }) })
}

/** How a build went. */
export interface BuildFacts {
  /** The version of the client's buildx; undefined where it has none. */
  buildx: string | undefined
  failed?: string
  /** What BUILDX_BUILDER names, where that keeps its images from the engine. */
  foreign?: { builder: string; driver: string }
}

export function judgeBuild({ buildx, failed, foreign }: BuildFacts): Judgement {
  const how =
    buildx === undefined ? "with Docker's classic builder, as there is no buildx" : `with buildx ${buildx}`
  if (foreign) {
    const found = `BUILDX_BUILDER=${foreign.builder} is a ${foreign.driver} builder, whose images do not reach the engine`
    return { level: 'lack', found, remedy: 'unset BUILDX_BUILDER' }
  }
  if (failed === undefined) return fine(`works, ${how}`)
  const install =
    process.platform === 'darwin' ? 'brew install docker-buildx' : 'sudo apt-get install docker-buildx-plugin'
  const remedy = buildx === undefined ? install : 'docker buildx use default'
  return { level: 'lack', found: `does not work, ${how}`, evidence: failed, remedy }
}

/** Whether the image that the pods of rolypoly's own are built from is there. */
export async function checkBaseImage(env: NodeJS.ProcessEnv): Promise<Judgement> {
  const dockerfile = readFileSync(new URL('../../image/Dockerfile', import.meta.url), 'utf8')
  const image = baseOf(dockerfile)
  const { ok } = await tryRun('docker', ['image', 'inspect', '--format', '{{.Id}}', image], { timeoutMs })
  return judgeBaseImage(image, ok, isOffline(env))
}

export function judgeBaseImage(image: string, present: boolean, offline: boolean): Judgement {
  const remedy = `docker pull ${image}`
  const use = "for the pods of rolypoly's own"
  if (present) return fine(`${image} is here, ${use}`)
  if (offline) return { level: 'lack', found: `${image} is not here, and ROLYPOLY_OFFLINE is set`, remedy }
  return { level: 'warning', found: `${image} is not here yet, and the first run pulls it, ${use}`, remedy }
}

/** The image of a Dockerfile's last stage. */
export function baseOf(dockerfile: string): string {
  const bases = [...dockerfile.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)/gim)]
  const base = bases.at(-1)?.[1]
  if (base === undefined) throw new RangeError('the Dockerfile has no FROM')
  return base
}
