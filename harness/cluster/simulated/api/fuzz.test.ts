import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz, mangled } from '../../../model/testing.ts'
import { KubeError } from '../../kube-error.ts'
import { quantityOf } from './quantity.ts'
import { selectorOf } from './selectors.ts'

test('a selector is read, or refused by the API’s own error', () => {
  const selectors = mangled(
    'app=web,tier!=db',
    'app in (a, b),!gone',
    'spec.nodeName=n1,status.phase!=Running',
  )
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } } }
  fuzz(
    fc.property(selectors, fc.boolean(), (text, isLabels) => {
      try {
        const ref = {
          apiVersion: 'v1',
          kind: 'Pod',
          ...(isLabels ? { labelSelector: text } : { fieldSelector: text }),
        }
        expect(typeof selectorOf('Pod', ref)(pod)).toBe('boolean')
      } catch (error) {
        expect(error).toBeInstanceOf(KubeError)
      }
    }),
  )
})

test('a quantity is a number that is not less than nothing, or none', () => {
  fuzz(
    fc.property(mangled('100m', '64Mi', '1e3', '2.5'), (text) => {
      const quantity = quantityOf(text)
      if (quantity !== undefined) expect(quantity).toBeGreaterThanOrEqual(0)
    }),
  )
})
