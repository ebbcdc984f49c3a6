import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { leastRole, permissionsOf, roleYaml, tellPermission } from './rbac.ts'

const none = { allowNodeFaults: [] }

test('the YAML is the table, each rule with what it is for', () => {
  const rules = leastRole({ allowNodeFaults: ['worker-1', 'worker-2'] })
  const yaml = roleYaml(rules)
  const role = parse(yaml)
  expect(role).toMatchObject({ kind: 'ClusterRole', metadata: { name: 'rolypoly' } })
  expect(role.rules).toEqual(
    rules.map(({ apiGroup, resources, verbs, resourceNames }) => ({
      ...{ apiGroups: [apiGroup], resources, verbs, ...(resourceNames && { resourceNames }) },
    })),
  )
  for (const { what } of rules) expect(yaml).toContain(`  # ${what}\n`)
})

test('nodes are changed only where they are named, and only those', () => {
  const changes = (options: typeof none | { allowNodeFaults: string[] }) =>
    leastRole(options).filter(
      ({ resources, verbs }) => resources.includes('nodes') && verbs.includes('patch'),
    )
  expect(changes(none)).toEqual([])
  expect(changes({ allowNodeFaults: ['worker-1'] })).toMatchObject([{ resourceNames: ['worker-1'] }])
})

test('no permission is given twice, no secret may be read, and nothing may be done to roles', () => {
  const told = leastRole({ allowNodeFaults: ['worker-1'] }).flatMap((rule) =>
    permissionsOf(rule).map((permission) => `${tellPermission(permission)} ${rule.resourceNames ?? ''}`),
  )
  expect(new Set(told).size).toBe(told.length)
  expect(told.join('\n')).not.toMatch(/secret|role|proxy|\*/)
})

test('a permission is told as kubectl tells it', () => {
  expect(tellPermission({ verb: 'patch', apiGroup: 'apps', resource: 'deployments' })).toBe(
    'patch deployments.apps',
  )
  expect(tellPermission({ verb: 'get', apiGroup: '', resource: 'pods/log' })).toBe('get pods/log')
})
