import { UsageError } from '../model/errors.ts'
import type { Chart, TrafficTarget } from './chart.ts'
import { knowSecrets } from './secrets.ts'
import { parseYaml, type Where } from './yaml-text.ts'

/** What manifests do not say themselves. */
export interface ManifestOptions {
  /** Images to build first: the name that the manifests use, and the folder of its Dockerfile. */
  images?: Record<string, string>
  /** What containers do on a simulated cluster, by the image that the manifests name. */
  behaviours?: Chart['behaviours']
  traffic?: TrafficTarget | false
  /** Names the workload; the file's or folder's own name unless given. */
  name?: string
}

/** The parts of a chart that options give. */
export function chartOptions({ images = {}, behaviours, traffic }: ManifestOptions) {
  return {
    images: Object.entries(images).map(([name, context]) => ({ name, context })),
    ...(behaviours && { behaviours }),
    ...(traffic !== undefined && { traffic }),
  }
}

/**
 * The Kubernetes objects in YAML documents, those of a List each for itself. Their Secrets are known from here on.
 *
 * @throws UsageError where a document is not YAML, or no Kubernetes object.
 */
export function readManifest(text: string, where: Where): Chart['objects'] {
  const objects = parseYaml(text, where).flatMap(({ value, where: place }) =>
    unfold(checkObject(value, place)),
  )
  knowSecrets(objects)
  return objects
}

/** @throws UsageError where it is no Kubernetes object with a name, or a List of some. */
export function checkObject(value: unknown, where: string): Chart['objects'][number] {
  const object = value as Chart['objects'][number]
  const described = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!described || typeof object.apiVersion !== 'string' || typeof object.kind !== 'string') {
    throw new UsageError(`${where}: is not a Kubernetes object: apiVersion and kind are expected`)
  }
  if (!Array.isArray(object.items) && typeof object.metadata?.name !== 'string') {
    throw new UsageError(`${where}: ${object.apiVersion}/${object.kind} has no metadata.name`)
  }
  return object
}

/** A List is the objects in it. */
function unfold(object: Chart['objects'][number]): Chart['objects'] {
  const { items } = object as { items?: unknown[] }
  return object.kind?.endsWith('List') && Array.isArray(items)
    ? items.flatMap((item) => unfold(checkObject(item, `${object.kind}.items`)))
    : [object]
}
