import { notGranted } from '../cluster/existing/access-review.ts'
import { readContext } from '../cluster/existing/kubeconfig.ts'
import { leastRole, type Permission, permissionsOf, tellPermission } from '../cluster/existing/rbac.ts'
import { kubeOf } from '../cluster/kube-client.ts'
import { counted } from '../model/counted.ts'
import type { ScenarioResult } from '../model/result.ts'
import type { ExistingOptions } from '../scenario/existing-options.ts'

/**
 * Tells what each scenario would do on an existing cluster, from its rehearsal, and which of the permissions that it
 * takes the user has there: nothing else is asked of that cluster. 0 where all are granted, 2 where not.
 */
export async function tellRehearsal(
  scenarios: ScenarioResult[],
  existing: ExistingOptions,
  say: (line: string) => void,
): Promise<number> {
  const own = leastRole({ allowNodeFaults: [] })
    .filter(({ needed }) => needed === 'run')
    .flatMap(permissionsOf)
  const asked = scenarios.flatMap(({ rehearsal }) => rehearsal?.permissions ?? [])
  const kube = kubeOf(readContext(existing, process.env))
  const all = new Map(
    [...own, ...asked].flatMap((one) => onNodes(one, existing)).map((one) => [keyOf(one), one]),
  )
  const lacking = await notGranted(kube, [...all.values()])
  for (const line of rehearsalLines(scenarios, own, lacking, existing)) say(line)
  return lacking.length === 0 ? 0 : 2
}

/** Nodes are changed by their names, and that may be granted for these alone. */
function onNodes(permission: Permission, { allowNodeFaults }: ExistingOptions): Permission[] {
  const { resource, verb } = permission
  if (resource !== 'nodes' || !['get', 'patch'].includes(verb)) return [permission]
  return allowNodeFaults.map((name) => ({ ...permission, name }))
}

const keyOf = (permission: Permission) => `${tellPermission(permission)} ${permission.name ?? ''}`

/** The list, as lines of text. */
export function rehearsalLines(
  scenarios: ScenarioResult[],
  own: Permission[],
  lacking: Permission[],
  existing: ExistingOptions,
): string[] {
  const denied = new Set(lacking.map(keyOf))
  const tell = (permissions: Permission[]) =>
    toldByResource(
      permissions.flatMap((one) => onNodes(one, existing)),
      denied,
    )
  const known = new Set(own.map(tellPermission))
  const lines = [
    `What would be done on ${existing.context}, where nothing was changed; pods and nodes have the names of a rehearsal.`,
    ...list('every scenario', [
      ...tell(own),
      'a Lease in each of its namespaces, so that other machines see that the run lives',
    ]),
  ]
  for (const { file, title, rehearsal, faults, verdict, skippedBecause, error } of scenarios) {
    const { made = [], permissions = [], hurtAtOnce = 0 } = rehearsal ?? {}
    const namespaces = made.filter((one) => one.startsWith('Namespace/'))
    const others = made.filter((one) => !namespaces.includes(one))
    const more = permissions.filter((one) => !known.has(tellPermission(one)))
    const why = skippedBecause ?? error?.message
    lines.push(
      '',
      `${file}: ${title}`,
      ...list('makes, and deletes', [...namespaces, ...others]),
      ...list(
        'hurts',
        faults.map(({ kind, target }) => `${kind}: ${target}`),
      ),
      ...(hurtAtOnce > existing.atMostHurt ? [tooMany(hurtAtOnce, existing)] : []),
      ...list('asks', tell(more)),
      ...endOf(verdict, why),
    )
  }
  lines.push('', tellDenied(denied.size))
  return lines
}

/** `create, patch deployments.apps`, and which of them the user does not have. */
function toldByResource(permissions: Permission[], denied: ReadonlySet<string>): string[] {
  const of = ({ verb: _, ...rest }: Permission) => tellPermission({ verb: '', ...rest }).trim()
  return [...Map.groupBy(permissions, (one) => `${of(one)} ${one.name ?? ''}`.trim())].map(([what, some]) => {
    const verbs = (of: Permission[]) => [...new Set(of.map(({ verb }) => verb))].sort().join(', ')
    const missing = some.filter((one) => denied.has(keyOf(one)))
    return `${verbs(some)} ${what}${missing.length > 0 ? ` (NOT GRANTED: ${verbs(missing)})` : ''}`
  })
}

function endOf(verdict: ScenarioResult['verdict'], why: string | undefined): string[] {
  if (why === undefined) return []
  // What only a real cluster can do would be done there.
  const isLeftOut = verdict === 'skipped' && !why.includes('a cluster by simulated')
  return isLeftOut
    ? [`  is skipped: ${why}`]
    : [`  could not be rehearsed to its end, and may do and ask for more: ${why}`]
}

function tooMany(hurtAtOnce: number, { atMostHurt }: ExistingOptions): string {
  return `  is refused there: it hurts ${counted(hurtAtOnce, 'pod')} at once, and ${atMostHurt} may be hurt: --at-most-hurt ${hurtAtOnce} allows it`
}

function tellDenied(count: number): string {
  if (count === 0) return 'Every permission is granted.'
  return count === 1 ? 'One permission is not granted.' : `${count} permissions are not granted.`
}

function list(what: string, entries: string[]): string[] {
  return entries.length === 0 ? [] : [`  ${what}:`, ...entries.map((entry) => `    ${entry}`)]
}
