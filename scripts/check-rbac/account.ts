import { writeFile } from 'node:fs/promises'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import type { RoleRule } from '../../harness/cluster/existing/rbac.ts'
import type { Kube, KubeObject } from '../../harness/cluster/kube.ts'

export const account = { namespace: 'rolypoly-user', name: 'rolypoly' }
export const userName = `system:serviceaccount:${account.namespace}:${account.name}`
/** The context of the kubeconfig that is written for it. */
export const context = 'stranger'

const rbac = 'rbac.authorization.k8s.io'

/** Makes a ServiceAccount that has the role, and a kubeconfig with a token of it. */
export async function makeAccount(kube: Kube, admin: string, path: string): Promise<void> {
  const { namespace, name } = account
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await kube.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account })
  await kube.apply({
    ...{ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name } },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  } as KubeObject)
  const config = new KubeConfig()
  config.loadFromFile(admin)
  const { status } = await config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
    ...{ namespace, name },
    body: { spec: { audiences: [], expirationSeconds: 3_600 } },
  })
  const [cluster] = config.clusters
  const written = {
    ...{ apiVersion: 'v1', kind: 'Config' },
    clusters: [
      {
        name: 'stranger',
        cluster: { server: cluster?.server, 'certificate-authority-data': cluster?.caData },
      },
    ],
    users: [{ name: 'rolypoly', user: { token: status?.token } }],
    contexts: [{ name: context, context: { cluster: 'stranger', user: 'rolypoly' } }],
  }
  await writeFile(path, JSON.stringify(written), { mode: 0o600 })
}

/** Gives the account the role of these rules, and nothing else. */
export async function giveRole(kube: Kube, rules: readonly Pick<RoleRule, RuleField>[]): Promise<void> {
  const role = {
    ...{ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: account.name } },
    rules: rules.map(({ apiGroup, resources, verbs, resourceNames }) => ({
      ...{ apiGroups: [apiGroup], resources, verbs, ...(resourceNames && { resourceNames }) },
    })),
  }
  await kube.apply(role as KubeObject)
}

type RuleField = 'apiGroup' | 'resources' | 'verbs' | 'resourceNames'
