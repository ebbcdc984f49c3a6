import { type Permission, permissionsOf, type RoleRule } from '../../harness/cluster/existing/rbac.ts'
import { Random } from '../../harness/cluster/simulated/random.ts'

export interface Missing {
  rule: RoleRule
  permission: Permission
}

/** What a scenario does before it hurts anything: without it, it ends at once. */
const atOnce = ['create', 'patch']
const first = ['deployments', 'services', 'pods/eviction', 'nodes']

/**
 * Permissions to take away by chance, one at a time: two that every run needs, and one that only a scenario finds
 * missing.
 */
export function withoutOne(rules: readonly RoleRule[], seed: number): Missing[] {
  const random = new Random(`check-rbac ${seed}`)
  const all = (needed: RoleRule['needed']): Missing[] =>
    rules
      .filter((rule) => rule.needed === needed && rule.sinceMinor === undefined)
      .flatMap((rule) => permissionsOf(rule).map((permission) => ({ rule, permission })))
  const pick = (from: Missing[]) => from.splice(Math.floor(random.between(0, from.length)), 1)
  const always = all('run')
  const found = all('use').filter(
    ({ permission: { verb, resource } }) => atOnce.includes(verb) && first.includes(resource),
  )
  return [...pick(always), ...pick(always), ...pick(found)]
}
