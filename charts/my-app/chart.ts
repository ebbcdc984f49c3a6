import type { Chart } from '@rolypoly/harness'
import { apps, commandOf, image } from '../apps/apps.ts'
import { redisPort } from './redis.ts'

export interface MyAppOptions {
  /** 2 unless given. */
  replicas?: number
  /** The path that liveness asks; `/healthz`, which is well without a database, unless given. */
  livenessPath?: '/healthz' | '/ready'
  /** Asks `/ready`; `false` leaves the probe out. */
  readiness?: boolean
  /** An init container waits for the database before the app is started. */
  waits?: boolean
  /** The host that the init container waits for, and the app connects to; `redis`, that of the database's chart. */
  database?: string
  /** So often the init container tries before it exits 1; for ever unless given. */
  tries?: number
  /** The kubelet waits for so many seconds before it sends SIGTERM; not at all unless given. */
  preStopSleep?: number
  /** For so many seconds after SIGTERM it still answers; 2 unless given. */
  drain?: number
  /** Tells one version of the app from another, by its environment; none unless given. */
  version?: string
  progressDeadlineSeconds?: number
  /** One Pod by itself in place of a Deployment. */
  barePod?: boolean
}

const labels = { app: 'my-app' }

/** A small Node server on port 3000 that is ready while it is connected to its database; that is a chart of its own. */
export function myApp(options: MyAppOptions = {}): Chart {
  const { replicas = 2, livenessPath = '/healthz', readiness = true, waits = false, tries } = options
  const { database = 'redis', preStopSleep, drain, version, progressDeadlineSeconds } = options
  const address = `${database}:${redisPort}`
  const container = {
    name: 'my-app',
    image: image.name,
    command: commandOf('my-app'),
    ports: [{ name: 'http', containerPort: 3000 }],
    env: envOf({ DATABASE: address, DRAIN: drain, VERSION: version }),
    ...(preStopSleep !== undefined && {
      lifecycle: { preStop: { exec: { command: ['sleep', String(preStopSleep)] } } },
    }),
    livenessProbe: {
      httpGet: { path: livenessPath, port: 'http' },
      ...{ initialDelaySeconds: 5, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
    },
    ...(readiness && {
      readinessProbe: {
        httpGet: { path: '/ready', port: 'http' },
        ...{ periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 2 },
      },
    }),
  }
  const waiting = {
    name: 'wait-for-database',
    image: image.name,
    command: commandOf('wait'),
    env: envOf({ WAIT_FOR: address, TRIES: tries }),
  }
  const spec = {
    ...(waits && { initContainers: [waiting] }),
    containers: [container],
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 20,
  }
  const metadata = { name: 'my-app', labels }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec }
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
    spec: {
      ...{ replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
      ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }),
    },
  }
  return {
    name: 'my-app',
    images: [image],
    behaviours: { [image.name]: apps },
    traffic: { path: '/' },
    objects: [
      options.barePod ? pod : deployment,
      {
        ...{ apiVersion: 'v1', kind: 'Service', metadata },
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
    ],
  }
}

function envOf(values: Record<string, string | number | undefined>): { name: string; value: string }[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  )
}
