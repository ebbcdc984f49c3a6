import { expect, test } from 'vitest'
import { EnvironmentError, explain, UsageError } from '../model/errors.ts'
import { redactor } from '../model/redact.ts'
import { withoutPasswords } from './helm.ts'
import { readManifest } from './manifest.ts'
import { knowSecrets } from './secrets.ts'

const secret = (name: string, stringData: object) => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData },
})

test('whatever reads a manifest knows its Secrets', () => {
  readManifest(JSON.stringify(secret('read', { password: 'read and known' })), () => 'x.yaml')
  expect(redactor.redact('it is read and known')).toBe('it is [redacted: Secret/read key password]')
})

test('names, labels and images of the chart are in the open, its other texts are not', () => {
  const labels = { app: 'shop-front' }
  const containers = [
    { name: 'app-server', image: 'shop:1.22', env: [{ name: 'DATABASE_HOST', value: 'a-neighbour' }] },
  ]
  knowSecrets([
    secret('open', {
      a: 'shop-front',
      b: 'app-server',
      c: 'shop:1.22',
      d: 'DATABASE_HOST',
      e: 'a-neighbour',
    }),
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels }, ...{ spec: { containers } } },
  ])
  const all = 'shop-front app-server shop:1.22 DATABASE_HOST'
  expect(redactor.redact(`${all} a-neighbour`)).toBe(`${all} [redacted: Secret/open key e]`)
})

test('a Secret is no reason to tell its own keys’ values', () => {
  const own = {
    ...secret('own', { x: 'labelled-value' }),
    metadata: { name: 'own', labels: { x: 'labelled-value' } },
  }
  knowSecrets([own])
  expect(redactor.redact('labelled-value')).not.toContain('labelled')
})

test('no error of rolypoly’s has it, in whatever part; nor what is said of another’s', () => {
  knowSecrets([secret('errors', { password: 'swordfish' })])
  const parts = {
    evidence: 'it answered swordfish',
    remedy: 'Try swordfish.',
    cause: new Error('no swordfish'),
  }
  const error = new EnvironmentError('Pod/web: has swordfish', parts)
  for (const text of [error.message, error.stack, error.evidence, error.remedy, explain(error)]) {
    expect(text).toContain('[redacted: Secret/errors key password]')
    expect(text).not.toContain('swordfish')
  }
  expect(explain(new Error('swordfish'))).toBe('[redacted: Secret/errors key password]')
  expect(explain('swordfish')).toBe('[redacted: Secret/errors key password]')
  expect(explain(new UsageError('x', { cause: new Error('swordfish') }))).not.toContain('swordfish')
})

test('what Helm says of a chart has no value of the user’s that is called a password', () => {
  const values = { replicas: 2, database: { password: 'hunter2-helm', host: 'database-host' } }
  expect(withoutPasswords('got "hunter2-helm" at database-host', values)).toBe(
    'got "[redacted: value database.password]" at database-host',
  )
})

test('what a terminal would act on is shown instead', () => {
  expect(explain(new EnvironmentError('Pod/\u001b[31mred\u0007'))).toBe('Pod/red␇')
})
