import type { KubeObject } from '../cluster/kube.ts'
import type { Behaviour } from '../model/behaviour.ts'
import type { LocalImage } from '../model/image.ts'

export type { LocalImage }

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
  /**
   * What the containers of an image do on a simulated cluster, by the image's name as the objects have it, or that there
   * is no such image.
   */
  behaviours?: Record<string, Behaviour | 'does not exist'>
  /** Absent or false where the workload is not asked over HTTP. */
  traffic?: TrafficTarget | false
}
