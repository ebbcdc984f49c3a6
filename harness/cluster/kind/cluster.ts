import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../cache.ts'
import { realClock } from '../clock.ts'
import type { Capability, Cluster } from '../cluster.ts'
import { withFileLock } from '../file-lock.ts'
import type { Kube, NodeObject } from '../kube.ts'
import { connectKube } from '../kube-client.ts'
import { run } from '../process.ts'
import { followInNode } from './follow.ts'
import { kindPower } from './power.ts'

const capabilities: ReadonlySet<Capability> = new Set([
  'node.delete',
  'node.exec',
  'container.signal',
  'probe.intercept',
  'node.stop',
  'node.pause',
  'node.kubelet',
])

/**
 * A kind cluster that is there already, by its name and its private kubeconfig. Disposing of the handle leaves the
 * cluster as it is.
 */
export function connectKind(name: string, kubeconfig: string, kindPath: string): Cluster {
  const kube = connectKube(kubeconfig)
  return {
    provider: 'kind',
    name,
    kube,
    clock: realClock,
    capabilities,
    nodes: {
      ...kindPower,
      exec: async (node, command, options = {}) => {
        const { stdout } = await run('docker', ['exec', node, ...command], {
          timeoutMs: options.timeoutMs ?? 30_000,
        })
        return stdout
      },
      follow: followInNode,
    },
    loadImages: (images, into = 'schedulable') => loadImages(kube, name, kindPath, images, into),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/**
 * Loads each image into the nodes that lack it, by kind's own loader. A node that has it carries a tag made of the
 * image's ID, for names stay the same when images change. A lock keeps scenarios from loading the same one twice.
 */
async function loadImages(
  kube: Kube,
  cluster: string,
  kindPath: string,
  images: string[],
  into: 'schedulable' | 'all',
): Promise<void> {
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
      await mkdir(locks, { recursive: true })
      const lock = join(locks, `${cluster}-${id.slice(-12)}`)
      await withFileLock(lock, async () => {
        const has = await Promise.all(nodes.map((node) => hasImage(node, mark)))
        const lacking = nodes.filter((_, n) => !has[n])
        if (lacking.length > 0) {
          const load = ['load', 'docker-image', image, '--name', cluster, '--nodes', lacking.join(',')]
          await run(kindPath, load, { timeoutMs: 300_000 })
        }
        // The same image may have come under another name, and the same name may have meant another image.
        const name = fullName(image)
        const tags = nodes.map((node, n) =>
          ctr(node, ['images', 'tag', '--force', ...(has[n] ? [mark, name] : [name, mark])]),
        )
        await Promise.all(tags)
      })
    }),
  )
}

async function hasImage(node: string, name: string): Promise<boolean> {
  return (await ctr(node, ['images', 'ls', '-q', `name==${name}`])).trim() !== ''
}

async function ctr(node: string, args: string[]): Promise<string> {
  const { stdout } = await run('docker', ['exec', node, 'ctr', '-n', 'k8s.io', ...args], {
    timeoutMs: 60_000,
  })
  return stdout
}

/** `nginx` is `docker.io/library/nginx:latest` to containerd. */
export function fullName(image: string): string {
  const tagged = /[:@][^/]*$/.test(image) ? image : `${image}:latest`
  const [first = '', ...rest] = tagged.split('/')
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first)
  const [registry, path] = hasRegistry ? [first, rest.join('/')] : ['docker.io', tagged]
  return registry === 'docker.io' && !path.includes('/') ? `docker.io/library/${path}` : `${registry}/${path}`
}
