import { EnvironmentError } from '../../model/errors.ts'
import type { ImageSupply } from '../../model/image.ts'
import type { Capability, Cluster } from '../cluster.ts'
import { untilHealthy } from '../health.ts'
import { simulatedKube } from './api/kube.ts'
import { buildWorld, modelledVersion, type WorldOptions } from './build-world.ts'
import { helperBehaviour } from './images/helper.ts'
import type { SimulatedImages } from './images/images.ts'
import { nodeControl } from './node-control.ts'

/** The one image that every simulated node has: that of rolypoly's own pods. */
export const simulatedHelper = 'rolypoly-helper:simulated'

const capabilities: ReadonlySet<Capability> = new Set([
  ...(['node.delete', 'node.exec', 'node.stop', 'node.pause', 'node.kubelet', 'node.partition'] as const),
  ...(['container.signal', 'container.freeze', 'probe.intercept'] as const),
])

/** Virtual time. */
const upWithinMs = 120_000

/**
 * A simulated cluster whose nodes are ready. It is this process' alone, costs nothing but memory, and ends with the
 * handle.
 *
 * @throws EnvironmentError where its nodes do not become ready: a fault of the model.
 */
export async function simulatedCluster(options: WorldOptions): Promise<Cluster> {
  const world = buildWorld(options)
  const { clock, images } = world
  images.add(simulatedHelper, helperBehaviour)
  const kube = simulatedKube(world, { version: modelledVersion })
  const wrong = await untilHealthy(kube, clock, options.nodes, upWithinMs)
  if (wrong) throw new EnvironmentError(`Cluster ${options.name}: is simulated, and not healthy: ${wrong}`)
  const names = world.random.fork('names')
  return {
    ...{ provider: 'simulated', name: options.name, kube, clock, capabilities },
    nodes: nodeControl(world),
    provideImages: async (supply) => provideImages(images, supply),
    newSuffix: () => names.letters(6, '0123456789abcdef'),
    async [Symbol.asyncDispose]() {
      clock.stop()
    },
  }
}

/** @throws EnvironmentError for an image of which nobody has said what its containers do. */
function provideImages(images: SimulatedImages, { used, behaviours }: ImageSupply): void {
  for (const [name, behaviour] of Object.entries(behaviours)) images.add(name, behaviour)
  const unknown = used.find((name) => !images.knows(name))
  if (unknown === undefined) return
  throw new EnvironmentError(
    `Image ${unknown}: a simulated cluster runs no containers, and nothing says what this image's would do`,
    {
      remedy: `Give the chart a behaviour for it, \`behaviours: { '${unknown}': … }\`, or run on a real cluster: --cluster kind.`,
    },
  )
}
