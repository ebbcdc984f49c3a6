import { fileURLToPath } from 'node:url'
import type { Chart } from '@rolypoly/harness'
import { nginx as behaviour } from './behaviour.ts'

export interface NginxOptions {
  /** 3 unless given. */
  replicas?: number
  /** The public image's tag; 1.22 unless given. */
  tag?: string
  /** What tells it to stop; the image's own SIGQUIT unless given. */
  stopSignal?: 'SIGTERM' | 'SIGQUIT'
  /** Traffic asks for a page that takes about a second. */
  slow?: boolean
  /** The Service lists its pods as ready whether they are or not. */
  publishNotReadyAddresses?: boolean
  /** The Service's port; 80 unless given. */
  port?: number
  /** Tells one version of it from another, by an annotation; none unless given. */
  version?: string
  /** One Pod by itself in place of a Deployment. */
  barePod?: boolean
}

const labels = { app: 'nginx' }

/** Sends so many bytes at once, and the rest a second later. */
const slowly = `server {
  listen 80;
  root /usr/share/nginx/html;
  location = /slow {
    limit_rate 1500;
    alias /etc/nginx/conf.d/slow.txt;
  }
}
`

/** The public nginx image as it is, with probes and a Service. */
export function nginx(options: NginxOptions = {}): Chart {
  const { replicas = 3, tag = '1.22', slow = false, stopSignal = 'SIGQUIT' } = options
  const { publishNotReadyAddresses, port = 80, version, barePod = false } = options
  const own = stopSignal === 'SIGTERM' ? 'rolypoly-nginx-sigterm:dev' : undefined
  const httpGet = { path: '/', port: 'http' }
  const container = {
    name: 'nginx',
    image: own ?? `nginx:${tag}`,
    ports: [{ name: 'http', containerPort: 80 }],
    livenessProbe: { httpGet, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
    readinessProbe: {
      httpGet: { path: '/?ready', port: 'http' },
      periodSeconds: 1,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
    ...(slow && { volumeMounts: [{ name: 'slow', mountPath: '/etc/nginx/conf.d' }] }),
  }
  const volumes = [{ name: 'slow', configMap: { name: 'nginx' } }]
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'nginx', labels },
    data: { 'default.conf': slowly, 'slow.txt': 'slow\n'.repeat(400) },
  }
  const spec = { containers: [container], automountServiceAccountToken: false, ...(slow && { volumes }) }
  const annotations = version === undefined ? {} : { annotations: { version } }
  const template = { metadata: { labels, ...annotations }, spec }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'nginx', labels },
    spec: { replicas, selector: { matchLabels: labels }, template },
  }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'nginx', labels }, spec }
  return {
    name: 'nginx',
    images: own ? [{ name: own, context: fileURLToPath(new URL('image', import.meta.url)) }] : [],
    behaviours: { [container.image]: behaviour },
    traffic: { path: slow ? '/slow' : '/' },
    objects: [
      ...(slow ? [config] : []),
      barePod ? pod : deployment,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'nginx', labels },
        spec: {
          selector: labels,
          ports: [{ name: 'http', port, targetPort: 'http' }],
          ...(publishNotReadyAddresses && { publishNotReadyAddresses }),
        },
      },
    ],
  }
}
