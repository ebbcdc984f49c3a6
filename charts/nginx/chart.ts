import type { Chart } from '@rolypoly/harness'

export interface NginxOptions {
  /** 3 unless given. */
  replicas?: number
  /** The public image's tag; 1.22 unless given. */
  tag?: string
}

const labels = { app: 'nginx' }

/** The public nginx image as it is, with probes and a Service. */
export function nginx({ replicas = 3, tag = '1.22' }: NginxOptions = {}): Chart {
  const httpGet = { path: '/', port: 'http' }
  const container = {
    name: 'nginx',
    image: `nginx:${tag}`,
    ports: [{ name: 'http', containerPort: 80 }],
    livenessProbe: { httpGet, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
    readinessProbe: {
      httpGet: { path: '/?ready', port: 'http' },
      periodSeconds: 1,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
  }
  return {
    name: 'nginx',
    images: [],
    traffic: { path: '/' },
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'nginx', labels },
        spec: {
          replicas,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [container], automountServiceAccountToken: false },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'nginx', labels },
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
    ],
  }
}
