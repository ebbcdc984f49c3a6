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
