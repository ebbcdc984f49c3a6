import type { Chart } from '@rolypoly/harness'
import { apps, commandOf, image } from '../apps/apps.ts'

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export interface Toleration {
  key?: string
  operator?: 'Exists' | 'Equal'
  value?: string
  effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  tolerationSeconds?: number
}

export interface KubiaOptions {
  /** 3 unless given. */
  replicas?: number
  /** Its PodDisruptionBudget; none unless given. */
  budget?: { minAvailable: number | string } | { maxUnavailable: number | string }
  /** None unless given. */
  tolerations?: Toleration[]
  /** At most one pod of it on a node. */
  oneOnANode?: boolean
  /** Ready so many seconds after its container at the earliest; at once unless given. */
  readyAfter?: number
  /** For so many seconds after SIGTERM it still answers; 5 unless given. */
  drain?: number
}

const labels = { app: 'kubia' }

/** The textbook's stateless app behind a Service: it says which pod was hit. */
export function kubia(options: KubiaOptions = {}): Chart {
  const { replicas = 3, budget, tolerations, drain = 5, readyAfter } = options
  const container = {
    name: 'kubia',
    image: image.name,
    command: commandOf('kubia'),
    ports: [{ name: 'http', containerPort: 8080 }],
    env: [{ name: 'DRAIN', value: String(drain) }],
    readinessProbe: {
      ...{ httpGet: { path: '/', port: 'http' }, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 2 },
      ...(readyAfter !== undefined && { initialDelaySeconds: readyAfter }),
    },
  }
  const antiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
    ],
  }
  const spec = {
    ...{ containers: [container], automountServiceAccountToken: false, terminationGracePeriodSeconds: 20 },
    ...(options.oneOnANode && { affinity: { podAntiAffinity: antiAffinity } }),
    ...(tolerations && { tolerations }),
  }
  const metadata = { name: 'kubia', labels }
  return {
    name: 'kubia',
    images: [image],
    behaviours: { [image.name]: apps },
    traffic: { path: '/' },
    objects: [
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
        spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
      },
      {
        ...{ apiVersion: 'v1', kind: 'Service', metadata },
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
      ...(budget
        ? [
            {
              ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata },
              spec: { selector: { matchLabels: labels }, ...budget },
            },
          ]
        : []),
    ],
  }
}
