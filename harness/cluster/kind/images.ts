import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { EnvironmentError, UsageError } from '../../model/errors.ts'
import { fullName, type ImageSupply, type LocalImage } from '../../model/image.ts'
import { cacheFolder, makeCacheFolder } from '../cache.ts'
import { withFileLock } from '../file-lock.ts'
import type { Kube, NodeObject } from '../kube.ts'
import { run } from '../process.ts'

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

/** The nodes of a kind cluster that images are brought into. */
export interface ImageTarget {
  kube: Kube
  cluster: string
  kindPath: string
  into: 'schedulable' | 'all'
}

/**
 * Builds what is to be built, then brings every image that the local Docker engine has into the cluster's nodes; the
 * others are left to the kubelet to pull.
 *
 * @throws UsageError or EnvironmentError where one cannot be built, or was built and is not there.
 */
export async function provideImages(
  target: ImageTarget,
  { built, used }: ImageSupply,
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(built.map((image) => buildImage(image, signal)))
  const unique = [...new Set([...used, ...built.map(({ name }) => name)])]
  const present = await Promise.all(unique.map(async (name) => ((await isPresent(name)) ? [name] : [])))
  const missing = built.find(({ name }) => !present.flat().includes(name))
  if (missing)
    throw new EnvironmentError(`Image ${missing.name}: was built, yet the Docker engine does not have it`)
  await loadImages(target, present.flat())
}

async function isPresent(name: string): Promise<boolean> {
  return run('docker', ['image', 'inspect', '--format', '{{.Id}}', name], { timeoutMs: 30_000 }).then(
    () => true,
    () => false,
  )
}

/**
 * Loads each image into the nodes that lack it, by kind's own loader. A node that has it carries a tag made of the
 * image's ID, for names stay the same when images change. A lock keeps scenarios from loading the same one twice.
 */
async function loadImages({ kube, cluster, kindPath, into }: ImageTarget, images: string[]): Promise<void> {
  if (images.length === 0) return
  const { items } = await kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
  const isOpen = ({ spec }: NodeObject) => !spec?.taints?.some(({ effect }) => effect === 'NoSchedule')
  const nodes = items
    .filter((node) => into === 'all' || isOpen(node))
    .map(({ metadata }) => metadata?.name ?? '')
  await Promise.all(
    images.map(async (image) => {
      const { stdout: id } = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', image], {
        timeoutMs: 30_000,
      })
      const mark = `rolypoly.dev/loaded:${id.replace('sha256:', '')}`
      const locks = join(cacheFolder(process.env), 'locks')
      await makeCacheFolder(locks, 'the locks of images')
      const lock = join(locks, `${cluster}-${id.slice(-12)}`)
      await withFileLock(lock, async () => {
        const name = fullName(image)
        const had = await Promise.all(nodes.map((node) => digestsOn(node, [mark, name])))
        const lacking = nodes.filter((_, n) => !had[n]?.has(mark))
        if (lacking.length > 0) {
          const load = ['load', 'docker-image', image, '--name', cluster, '--nodes', lacking.join(',')]
          await run(kindPath, load, { timeoutMs: 300_000 })
        }
        await Promise.all(nodes.map((node, n) => tagOn(node, { name, mark, had: had[n] ?? new Map() })))
      })
    }),
  )
}

/**
 * Marks what was loaded. The same image may have come under another name, and the same name may have meant another image;
 * where both mean the same already, nothing is touched: to tag anew is to delete first, and a container that starts in
 * between is told that there is no such image.
 */
async function tagOn(
  node: string,
  { name, mark, had }: { name: string; mark: string; had: ReadonlyMap<string, string> },
): Promise<void> {
  const wanted = had.get(mark)
  if (wanted !== undefined && wanted === had.get(name)) return
  const [from, to] = wanted === undefined ? [name, mark] : [mark, name]
  await ctr(node, ['images', 'tag', '--force', from, to])
}

async function digestsOn(node: string, names: string[]): Promise<Map<string, string>> {
  return digestsIn(await ctr(node, ['images', 'ls', ...names.map((name) => `name==${name}`)]))
}

/**
 * What each name means, as containerd lists it:
 *
 *     REF                                 TYPE         DIGEST          SIZE      PLATFORMS   LABELS
 *     docker.io/library/rolypoly-apps:dev application… sha256:6819f29… 110.8 MiB linux/amd64 io.cri-…
 */
export function digestsIn(listing: string): Map<string, string> {
  const rows = listing.split('\n').map((line) => line.split(/\s+/))
  return new Map(
    rows.flatMap(([name = '', , digest = '']) => (digest.startsWith('sha256:') ? [[name, digest]] : [])),
  )
}

async function ctr(node: string, args: string[]): Promise<string> {
  const { stdout } = await run('docker', ['exec', node, 'ctr', '-n', 'k8s.io', ...args], {
    timeoutMs: 60_000,
  })
  return stdout
}
