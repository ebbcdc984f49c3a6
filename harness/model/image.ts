import type { Behaviour } from './behaviour.ts'

/** An image that is built on this machine before it is deployed. */
export interface LocalImage {
  /** The name and tag that the objects use, as `my-app:dev`. */
  name: string
  /** The folder of its Dockerfile, absolute or relative to the working directory. */
  context: string
}

/** What the images of a chart are to a cluster that has to run them. */
export interface ImageSupply {
  /** Those that are built on this machine. */
  built: readonly LocalImage[]
  /** All that its containers use, by the names in their specs. */
  used: readonly string[]
  /** What their containers do, by the image's name, where no container is run; nothing else needs it. */
  behaviours: Readonly<Record<string, Behaviour | 'does not exist'>>
}

/**
 * The name with the registry, the path and the tag that are meant where they are left out: `nginx` is
 * `docker.io/library/nginx:latest`. https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 */
export function fullName(image: string): string {
  const tagged = /[:@][^/]*$/.test(image) ? image : `${image}:latest`
  const [first = '', ...rest] = tagged.split('/')
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first)
  const [registry, path] = hasRegistry ? [first, rest.join('/')] : ['docker.io', tagged]
  return registry === 'docker.io' && !path.includes('/') ? `docker.io/library/${path}` : `${registry}/${path}`
}
