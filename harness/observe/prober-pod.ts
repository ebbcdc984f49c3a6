import type { KubeObject } from '../cluster/kube.ts'

export interface ProberPod {
  name: string
  namespace: string
  /** The helper image, which the nodes have. */
  image: string
  url: string
  requestsPerSecond: number
}

/** On the control plane where there is one, so that no fault on a worker takes the prober with it. */
export function proberPod({ name, namespace, image, url, requestsPerSecond }: ProberPod): KubeObject {
  const controlPlane = 'node-role.kubernetes.io/control-plane'
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'rolypoly', 'rolypoly.dev/role': 'prober' },
    },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ key: controlPlane, operator: 'Exists' }],
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 100, preference: { matchExpressions: [{ key: controlPlane, operator: 'Exists' }] } },
          ],
        },
      },
      containers: [
        {
          name: 'prober',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', 'prober.ts', url, String(requestsPerSecond)],
        },
      ],
    },
  } as KubeObject
}

/** An endpoint's URL, of an IP of either family. */
export function urlOf(host: string, port: number, path: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
}
