import type { KubeObject } from '../cluster/kube.ts'

/** An image that is built on this machine before it is deployed. */
export interface LocalImage {
  /** The name and tag that the objects use, as `my-app:dev`. */
  name: string
  /** The folder of its Dockerfile, absolute or relative to the working directory. */
  context: string
}

/** Where the traffic prober sends its requests. */
export interface TrafficTarget {
  /** The path that is asked for; `/` unless given. */
  path?: string
  /** The Service's port; its first one unless given. */
  port?: number
  /** Which Service; every one of the workload unless given. */
  service?: string
  /** Half of them over new connections, half over reused ones; 50 unless given. */
  requestsPerSecond?: number
}

/** Kubernetes objects, and what it takes to run them. */
export interface Chart {
  /** Names the workload in claims and reports. */
  name: string
  objects: (KubeObject & Record<string, unknown>)[]
  images: LocalImage[]
  /** Absent or false where the workload is not asked over HTTP. */
  traffic?: TrafficTarget | false
}
