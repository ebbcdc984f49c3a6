import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { run } from '../cluster/process.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { LocalImage } from './chart.ts'

const builds = new Map<string, Promise<void>>()

/**
 * Builds an image with the local Docker engine, once in this process; the engine's own cache makes a second build
 * of the same folder quick.
 *
 * @throws UsageError where the folder has no Dockerfile; EnvironmentError with the build's output where it fails.
 */
export function buildImage({ name, context }: LocalImage, signal?: AbortSignal): Promise<void> {
  const folder = resolve(context)
  const key = `${name} ${folder}`
  const build = builds.get(key) ?? build1(name, folder, signal)
  builds.set(key, build)
  return build
}

async function build1(name: string, folder: string, signal?: AbortSignal): Promise<void> {
  if (!existsSync(join(folder, 'Dockerfile'))) {
    throw new UsageError(`Image ${name}: there is no Dockerfile in ${folder}`)
  }
  // Without buildx, a docker client that would use it refuses to build.
  const env = (await hasBuildx()) ? {} : { DOCKER_BUILDKIT: '0' }
  await run('docker', ['build', '--quiet', '--tag', name, folder], {
    env,
    timeoutMs: 600_000,
    ...(signal && { signal }),
  })
}

let buildx: Promise<boolean> | undefined
function hasBuildx(): Promise<boolean> {
  buildx ??= run('docker', ['buildx', 'version'], { timeoutMs: 30_000 }).then(
    () => true,
    () => false,
  )
  return buildx
}

/**
 * Brings every image that the local Docker engine has into the cluster's nodes; the others are left to the kubelet
 * to pull.
 *
 * @throws EnvironmentError where one that was built is not there.
 */
export async function loadImages(cluster: Cluster, names: string[], built: string[]): Promise<void> {
  const unique = [...new Set([...names, ...built])]
  const present = await Promise.all(unique.map(async (name) => ((await isPresent(name)) ? [name] : [])))
  const missing = built.find((name) => !present.flat().includes(name))
  if (missing)
    throw new EnvironmentError(`Image ${missing}: was built, yet the Docker engine does not have it`)
  await cluster.loadImages(present.flat())
}

async function isPresent(name: string): Promise<boolean> {
  return run('docker', ['image', 'inspect', '--format', '{{.Id}}', name], { timeoutMs: 30_000 }).then(
    () => true,
    () => false,
  )
}
