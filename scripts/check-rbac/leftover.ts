import type { Kube, KubeObject } from '../../harness/cluster/kube.ts'

/** A namespace as a run of another machine leaves it that was killed an hour ago; gives its name. */
export async function plantLeftover(kube: Kube): Promise<string> {
  const name = 'rolypoly-killed-0dead0'
  const labels = { 'app.kubernetes.io/managed-by': 'rolypoly', 'rolypoly.dev/run': 'killed' }
  await kube.apply<KubeObject>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
  const renewTime = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '000Z')
  const lease = {
    ...{
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'rolypoly', namespace: name },
    },
    spec: { holderIdentity: 'killed', leaseDurationSeconds: 90, renewTime },
  }
  await kube.apply(lease as KubeObject)
  return name
}
