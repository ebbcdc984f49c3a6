import type { Chart } from '@rolypoly/harness'
import { apps, commandOf, image } from '../apps/apps.ts'
import type { ProbeTiming } from '../webapl/chart.ts'

/** In which way a probe asks. */
export type ProbeWay = 'http' | 'tcp' | 'grpc' | 'exec'

export interface ProbesOptions {
  /** 2 unless given. */
  replicas?: number
  /** Over HTTP unless given. `false` leaves the probe out. */
  liveness?: ProbeWay | false
  /** Over HTTP unless given. `false` leaves the probe out. */
  readiness?: ProbeWay | false
  /** Left out unless given. */
  startup?: ProbeWay | false
  /** What the app answers to these probes over HTTP; 200 unless given. */
  answers?: { liveness?: number; readiness?: number; startup?: number }
  /** It listens, and is well, from so many seconds after its start on; at once unless given. */
  startAfter?: number
  /** Every probe asks for just what liveness asks for. */
  allAlike?: boolean
  /** Every second, patient with the start of the app, unless given. */
  timing?: { liveness?: ProbeTiming; readiness?: ProbeTiming; startup?: ProbeTiming }
}

const ports = { http: 8080, liveness: 8081, readiness: 8082, startup: 8083 }
const quick = {
  liveness: { initialDelaySeconds: 5, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
  readiness: { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 2 },
  startup: { initialDelaySeconds: 1, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 8 },
}
type ProbeName = keyof typeof quick

const labels = { app: 'probes' }

/** A small Node server behind a Service that can be asked for its health in every way, by each probe apart. */
export function probes(options: ProbesOptions = {}): Chart {
  const { replicas = 2, liveness = 'http', readiness = 'http', startup = false } = options
  const { timing = {}, answers = {} } = options
  const probe = (name: ProbeName, way: ProbeWay | false) => {
    const asked = options.allAlike ? 'liveness' : name
    return way === false ? undefined : { ...handler(way, asked), ...quick[name], ...timing[name] }
  }
  const told = {
    ...{ LIVENESS_STATUS: answers.liveness, READINESS_STATUS: answers.readiness },
    ...{ STARTUP_STATUS: answers.startup, START_AFTER: options.startAfter },
  }
  const env = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  )
  const container = {
    name: 'probes',
    image: image.name,
    command: commandOf('probes'),
    ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
    livenessProbe: probe('liveness', liveness),
    readinessProbe: probe('readiness', readiness),
    startupProbe: probe('startup', startup),
    ...(env.length > 0 && { env }),
  }
  const spec = {
    containers: [container],
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 10,
  }
  return {
    name: 'probes',
    images: [image],
    behaviours: { [image.name]: apps },
    traffic: { path: '/' },
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'probes', labels },
        spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'probes', labels },
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
    ],
  }
}

function handler(way: ProbeWay, name: ProbeName) {
  if (way === 'http') return { httpGet: { path: `/${name}`, port: 'http' } }
  if (way === 'tcp') return { tcpSocket: { port: name } }
  if (way === 'grpc') return { grpc: { port: ports[name] } }
  return { exec: { command: ['cat', `/tmp/${name}`] } }
}
