import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { fuzz } from '../model/testing.ts'
import { checkPlain } from './plain.ts'

function refusal(value: unknown): string {
  try {
    checkPlain(value, 'Pod/web')
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'taken'
}

const circle: Record<string, unknown> = { kind: 'Pod' }
circle.spec = { containers: [{ env: circle }] }
let deep: unknown = 1
for (let i = 0; i < 100_000; i++) deep = { deep }

test.each([
  [
    'a circle',
    circle,
    'Pod/web: spec.containers[0].env is the object again, a circle, which no Kubernetes object holds',
  ],
  [
    'a function',
    { spec: { replicas: () => 3 } },
    'Pod/web: spec.replicas is a function, which no Kubernetes object holds',
  ],
  ['a bigint', { spec: [3n] }, 'Pod/web: spec[0] is a bigint, which no Kubernetes object holds'],
  [
    'no number',
    { spec: { replicas: Number.NaN } },
    'Pod/web: spec.replicas is NaN, which no Kubernetes object holds',
  ],
  ['a Map', { data: new Map() }, 'Pod/web: data is a Map, which no Kubernetes object holds'],
  ['100 000 levels', deep, 'Pod/web: is nested more than 100 levels deep'],
  ['twice the same', [circle.kind, circle.kind], 'taken'],
  ['a time', { at: new Date(0), none: undefined, nothing: null }, 'taken'],
])('%s', (_, value, told) => {
  expect(refusal(value)).toBe(told)
})

test('the same object in two places is no circle', () => {
  const labels = { app: 'web' }
  expect(refusal({ metadata: { labels }, spec: { selector: labels } })).toBe('taken')
})

test('what comes through JSON the same is taken, whatever it is', () => {
  fuzz(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      expect(refusal(value)).toBe('taken')
    }),
  )
})
