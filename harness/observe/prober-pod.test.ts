import { expect, test } from 'vitest'
import type { PodObject } from '../cluster/kube.ts'
import { proberPod } from './prober-pod.ts'

const specOf = (mayBeHurt?: string[]) => {
  const pod = {
    name: 'prober',
    namespace: 'shop',
    image: 'helper:1',
    url: 'http://10.0.0.1',
    requestsPerSecond: 50,
  }
  return (proberPod({ ...pod, mayBeHurt }) as PodObject).spec
}
const expressions = (mayBeHurt?: string[]) =>
  specOf(mayBeHurt)?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.flatMap(
    ({ preference }) => preference.matchExpressions,
  )

test('on a cluster of the run’s own the prober goes to the control plane', () => {
  expect(expressions()).toEqual([{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }])
  expect(specOf()?.tolerations).toHaveLength(1)
})

test('on somebody else’s it does not, and keeps off the nodes that may be hurt', () => {
  expect(specOf([])).not.toHaveProperty('tolerations')
  expect(specOf([])).not.toHaveProperty('affinity')
  expect(expressions(['w1'])).toEqual([{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['w1'] }])
})
