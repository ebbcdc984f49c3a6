import { z } from 'zod'
import {
  type Permission,
  permissionsOf,
  type RoleRule,
  tellPermission,
} from '../../harness/cluster/existing/rbac.ts'

/** https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
const event = z.object({
  verb: z.string(),
  requestURI: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({
      resource: z.string(),
      namespace: z.string().default(''),
      name: z.string().default(''),
      apiGroup: z.string().default(''),
      subresource: z.string().default(''),
    })
    .optional(),
  responseStatus: z.object({ code: z.number() }).optional(),
  annotations: z.record(z.string(), z.string()).default({}),
})

export type AuditEvent = z.infer<typeof event>

/** The events of a log that are of this user's requests, in their order. */
export function readAudit(log: string, user: string): AuditEvent[] {
  const lines = log.split('\n').filter((line) => line !== '')
  return lines.map((line) => event.parse(JSON.parse(line))).filter((one) => one.user.username === user)
}

/** What everybody may ask of every cluster, by system:basic-user and system:discovery. */
function isEverybodys({ objectRef }: AuditEvent): boolean {
  return objectRef === undefined || objectRef.apiGroup === 'authorization.k8s.io'
}

const created = 201

/** What was asked for, as permissions. An apply that made its object needed leave to create it, too. */
export function used(events: AuditEvent[]): Permission[] {
  return events.flatMap((one) => {
    const { objectRef, verb, responseStatus } = one
    if (!objectRef || isEverybodys(one)) return []
    const { resource, subresource, apiGroup } = objectRef
    const of = { apiGroup, resource: subresource ? `${resource}/${subresource}` : resource }
    const made = verb === 'patch' && responseStatus?.code === created
    return [{ verb, ...of }, ...(made ? [{ verb: 'create', ...of }] : [])]
  })
}

/** Permissions of the one that the other has not, each once. */
export function without(some: readonly Permission[], others: readonly Permission[]): string[] {
  const known = new Set(others.map(tellPermission))
  return [...new Set(some.map(tellPermission))].filter((permission) => !known.has(permission)).sort()
}

/** What a role of these rules gives on a cluster of this minor version of Kubernetes 1. */
export function granted(rules: readonly RoleRule[], minor: number): Permission[] {
  return rules.filter(({ sinceMinor = 0 }) => sinceMinor <= minor).flatMap(permissionsOf)
}

export function forbidden(events: AuditEvent[]): string[] {
  const isForbidden = ({ annotations, responseStatus }: AuditEvent) =>
    annotations['authorization.k8s.io/decision'] === 'forbid' || responseStatus?.code === 403
  return events.filter(isForbidden).map(({ verb, requestURI }) => `${verb} ${requestURI}`)
}

const harmless = ['get', 'list', 'watch']

/** A command in a container changes things, though it is asked for by a GET. */
function changes({ verb, objectRef }: AuditEvent): boolean {
  return !harmless.includes(verb) || objectRef?.subresource === 'exec'
}

/**
 * The requests that changed anything but what the user had made before: its namespaces, the objects in them, and what it
 * was allowed besides.
 *
 * @param allowed as `nodes/worker`
 */
export function outside(events: AuditEvent[], allowed: readonly string[]): string[] {
  const made = new Set<string>()
  return events.flatMap((one) => {
    if (isEverybodys(one) || !changes(one) || !one.objectRef) return []
    const { resource, namespace, name } = one.objectRef
    if (resource === 'namespaces' && one.verb === 'create' && one.responseStatus?.code === created) {
      made.add(name)
      return name.startsWith('rolypoly-') ? [] : [tell(one)]
    }
    const isOwn = made.has(resource === 'namespaces' ? name : namespace)
    return isOwn || allowed.includes(`${resource}/${name}`) ? [] : [tell(one)]
  })
}

/** How many requests changed something. */
export function changing(events: AuditEvent[]): number {
  return events.filter((one) => !isEverybodys(one) && changes(one)).length
}

function tell({ verb, requestURI }: AuditEvent): string {
  return `${verb} ${requestURI}`
}
