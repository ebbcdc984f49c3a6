import type { KubeObject } from '../cluster/kube.ts'
import { managedBy, roleLabel } from '../model/limits.ts'

export interface ProberPod {
  name: string
  namespace: string
  /** The helper image, which the nodes have. */
  image: string
  url: string
  requestsPerSecond: number
  /** Of a cluster that the run did not make: the nodes that it may hurt. */
  mayBeHurt?: readonly string[] | undefined
}

const controlPlane = 'node-role.kubernetes.io/control-plane'

/**
 * On the control plane where there is one, so that no fault on a worker takes the prober with it. Somebody else's control
 * plane is left alone: there it is kept off the nodes that may be hurt, where there are others.
 */
export function proberPod({
  name,
  namespace,
  image,
  url,
  requestsPerSecond,
  mayBeHurt,
}: ProberPod): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { [managedBy.key]: managedBy.value, [roleLabel]: 'prober' },
    },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(mayBeHurt
        ? mayBeHurt.length > 0 && {
            affinity: preferring({ ...hostname, operator: 'NotIn', values: mayBeHurt }),
          }
        : {
            tolerations: [{ key: controlPlane, operator: 'Exists' }],
            affinity: preferring({ key: controlPlane, operator: 'Exists' }),
          }),
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

const hostname = { key: 'kubernetes.io/hostname' }

function preferring(expression: object): object {
  const preference = { matchExpressions: [expression] }
  return { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] } }
}

/** An endpoint's URL, of an IP of either family. */
export function urlOf(host: string, port: number, path: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
}
