import { expect, test } from 'vitest'
import type { RoleRule } from '../../harness/cluster/existing/rbac.ts'
import { changing, forbidden, granted, outside, readAudit, used, without } from './audit.ts'

const user = 'system:serviceaccount:rolypoly:rolypoly'

interface Parts {
  namespace?: string
  name?: string
  apiGroup?: string
  subresource?: string
  code?: number
  by?: string
  decision?: string
}

function line(verb: string, resource: string, parts: Parts = {}): string {
  const { code = 200, by = user, decision = 'allow', ...ref } = parts
  return JSON.stringify({
    ...{ kind: 'Event', verb, requestURI: `/${ref.namespace ?? ''}/${resource}/${ref.name ?? ''}` },
    ...{ user: { username: by }, objectRef: { resource, ...ref }, responseStatus: { code } },
    annotations: { 'authorization.k8s.io/decision': decision },
  })
}
const read = (...lines: string[]) => readAudit(`${lines.join('\n')}\n`, user)
const made = line('create', 'namespaces', { name: 'rolypoly-a', code: 201 })

test('only what the user asked for is read', () => {
  expect(read(line('get', 'pods', { by: 'system:node:worker' }), line('get', 'nodes'))).toHaveLength(1)
})

test('an apply that made its object used the leave to create it, too', () => {
  const apps = { apiGroup: 'apps' }
  const asked = used(
    read(line('patch', 'deployments', { ...apps, code: 201 }), line('patch', 'jobs', { apiGroup: 'batch' })),
  )
  expect(asked.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
    ...['patch deployments', 'create deployments', 'patch jobs'],
  ])
  const log = read(line('get', 'pods', { subresource: 'log' }))
  expect(used(log)).toEqual([{ verb: 'get', apiGroup: '', resource: 'pods/log' }])
})

test('what everybody may ask is no use of the role', () => {
  expect(
    used(read(line('create', 'selfsubjectaccessreviews', { apiGroup: 'authorization.k8s.io' }))),
  ).toEqual([])
})

test('what is given and not used, and what is used and not given, is told', () => {
  const rule = { apiGroup: '', what: '', needed: 'use' } as const
  const rules: RoleRule[] = [
    { ...rule, resources: ['pods'], verbs: ['get', 'list'] },
    { ...rule, resources: ['pods/exec'], verbs: ['create'], sinceMinor: 35 },
  ]
  const asked = used(read(line('get', 'pods'), line('get', 'nodes')))
  expect(without(granted(rules, 34), asked)).toEqual(['list pods'])
  expect(without(granted(rules, 35), asked)).toEqual(['create pods/exec', 'list pods'])
  expect(without(asked, granted(rules, 34))).toEqual(['get nodes'])
})

test('a request that was forbidden is told', () => {
  expect(forbidden(read(line('get', 'pods', { code: 403, decision: 'forbid' }), made))).toEqual([
    'get //pods/',
  ])
})

test('a change is outside unless its namespace was made before, by this user', () => {
  const within = [
    made,
    line('patch', 'pods', { namespace: 'rolypoly-a', name: 'web' }),
    line('delete', 'namespaces', { name: 'rolypoly-a' }),
  ]
  expect(outside(read(...within), [])).toEqual([])
  expect(changing(read(...within))).toBe(3)
  expect(outside(read(...within.toReversed()), [])).toHaveLength(2)
  expect(outside(read(line('create', 'namespaces', { name: 'shop', code: 201 })), [])).toHaveLength(1)
  const elsewhere = [
    line('delete', 'pods', { namespace: 'shop', name: 'web' }),
    line('get', 'pods', { namespace: 'shop', name: 'web', subresource: 'exec' }),
    line('patch', 'nodes', { name: 'worker' }),
  ]
  expect(outside(read(made, ...elsewhere), [])).toHaveLength(3)
  expect(outside(read(made, ...elsewhere), ['nodes/worker'])).toHaveLength(2)
  expect(outside(read(line('list', 'pods', { namespace: 'shop' })), [])).toEqual([])
})
