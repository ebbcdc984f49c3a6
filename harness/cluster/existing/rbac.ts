/** One rule of the least role. */
export interface RoleRule {
  /** `''` is the core group. */
  apiGroup: string
  resources: readonly string[]
  verbs: readonly string[]
  /** Only these objects; all of the resource where absent. */
  resourceNames?: readonly string[]
  /** What rolypoly does by it. */
  what: string
  /** `run`: without it no scenario can be played. `use`: a scenario that does so needs it. */
  needed: 'run' | 'use'
  /** The first minor version of Kubernetes 1 that asks for it; every one where absent. */
  sinceMinor?: number
}

export interface RoleOptions {
  /** The nodes that may be hurt. */
  allowNodeFaults: readonly string[]
}

const recorded = 'the recording lists and watches what becomes of it'
const applied = 'charts apply it'

/**
 * All that rolypoly asks of an existing cluster, where its charts hold these kinds of objects. Applying on the server's
 * side is a patch, and a creation too where the object is not there yet.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function leastRole({ allowNodeFaults }: RoleOptions): RoleRule[] {
  const core = { apiGroup: '' }
  const run = { needed: 'run' } as const
  const use = { needed: 'use' } as const
  return [
    {
      ...{ ...core, resources: ['namespaces'], verbs: ['create', 'delete', 'get', 'list', 'watch'], ...run },
      what: "each scenario has namespaces of its own; their labels are read before a fault; dead runs' are swept",
    },
    {
      ...{
        apiGroup: 'coordination.k8s.io',
        resources: ['leases'],
        verbs: ['create', 'get', 'patch'],
        ...run,
      },
      what: 'a Lease in each of them tells other machines that the run lives',
    },
    { ...core, resources: ['nodes'], verbs: ['list', 'watch'], ...run, what: recorded },
    { ...core, resources: ['events', 'pods', 'services'], verbs: ['list', 'watch'], ...run, what: recorded },
    {
      ...{ apiGroup: 'apps', resources: ['deployments', 'replicasets'], verbs: ['list', 'watch'], ...run },
      what: recorded,
    },
    { apiGroup: 'batch', resources: ['jobs'], verbs: ['list', 'watch'], ...run, what: recorded },
    {
      ...{ apiGroup: 'discovery.k8s.io', resources: ['endpointslices'], verbs: ['list', 'watch'], ...run },
      what: recorded,
    },
    {
      ...{ apiGroup: 'policy', resources: ['poddisruptionbudgets'], verbs: ['list', 'watch'], ...run },
      what: recorded,
    },
    {
      ...{ ...core, resources: ['configmaps'], verbs: ['create', 'patch', 'watch'], ...run },
      what: 'a small one is written every two seconds, to measure how slow the machine is; charts apply it',
    },
    {
      ...{ ...core, resources: ['pods'], verbs: ['create', 'delete', 'get', 'patch'], ...use },
      what: "deletePod and killPod delete them, orphanPod patches them; the traffic's prober is one; charts apply it",
    },
    {
      ...{ ...core, resources: ['pods/log'], verbs: ['get'], ...use },
      what: 'the prober tells of each request in its log; toLog reads logs',
    },
    {
      ...{ ...core, resources: ['pods/exec'], verbs: ['get'], ...use },
      what: "the prober's own pod is told which endpoints to ask; no other pod is entered",
    },
    {
      ...{ ...core, resources: ['pods/exec'], verbs: ['create'], sinceMinor: 35, ...use },
      what: 'the same, from Kubernetes 1.35 on (KEP-4006)',
    },
    {
      ...{ ...core, resources: ['pods/eviction'], verbs: ['create'], ...use },
      what: 'evictPod and drainNode ask for it',
    },
    {
      ...{ ...core, resources: ['services'], verbs: ['create', 'get', 'patch'], ...use },
      what: 'charts apply it; the traffic is sent to its address',
    },
    {
      ...{ apiGroup: 'apps', resources: ['deployments'], verbs: ['create', 'get', 'patch'], ...use },
      what: 'charts apply it; scale, rollOut, rollBack and failDependency change it',
    },
    {
      ...{ apiGroup: 'batch', resources: ['cronjobs', 'jobs'], verbs: ['create', 'patch'], ...use },
      what: applied,
    },
    {
      ...{ apiGroup: 'policy', resources: ['poddisruptionbudgets'], verbs: ['create', 'patch'], ...use },
      what: applied,
    },
    ...(allowNodeFaults.length > 0
      ? [
          {
            ...{
              ...core,
              resources: ['nodes'],
              verbs: ['get', 'patch'],
              resourceNames: allowNodeFaults,
              ...use,
            },
            what: 'cordonNode, drainNode and taintNode change these nodes, and no other',
          },
        ]
      : []),
  ]
}

/** One thing that may be done by a role. */
export interface Permission {
  verb: string
  apiGroup: string
  /** With its subresource, as `pods/log`. */
  resource: string
  /** Of this object alone; of every one where absent. */
  name?: string
}

/** Each permission that a rule gives, by itself. */
export function permissionsOf({ apiGroup, resources, verbs }: RoleRule): Permission[] {
  return resources.flatMap((resource) => verbs.map((verb) => ({ verb, apiGroup, resource })))
}

/** `patch deployments.apps`, as `kubectl auth can-i` has it. */
export function tellPermission({ verb, apiGroup, resource }: Permission): string {
  const [name, subresource] = resource.split('/')
  return `${verb} ${name}${apiGroup && `.${apiGroup}`}${subresource ? `/${subresource}` : ''}`
}

/** The ClusterRole as YAML, with what each rule is for, and how it is bound. */
export function roleYaml(rules: readonly RoleRule[]): string {
  const list = (words: readonly string[]) => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
  const told = rules.map(({ apiGroup, resources, verbs, resourceNames, what }) =>
    [
      `  # ${what}`,
      `  - apiGroups: ${list([apiGroup])}`,
      `    resources: ${list(resources)}`,
      `    verbs: ${list(verbs)}`,
      ...(resourceNames ? [`    resourceNames: ${list(resourceNames)}`] : []),
    ].join('\n'),
  )
  return `${head}${told.join('\n')}\n`
}

const head = `# The least that rolypoly needs on a cluster that it did not make. It is a ClusterRole, and not narrower, for RBAC
# cannot say "in the namespaces that you made": what keeps a run to those is rolypoly itself, which refuses every
# other write before it is sent. A chart that holds other kinds of objects needs create and patch on those as well:
# rolypoly run --dry-run tells which.
#
# To bind it to a ServiceAccount:
#   kubectl create namespace rolypoly && kubectl create serviceaccount rolypoly --namespace rolypoly
#   rolypoly doctor --rbac | kubectl apply --filename -
#   kubectl create clusterrolebinding rolypoly --clusterrole rolypoly --serviceaccount rolypoly:rolypoly
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: rolypoly
rules:
`
