import { expect, test } from 'vitest'
import type { KubeObject, ListRef } from '../../kube.ts'
import { selectorOf } from './selectors.ts'

const object = {
  metadata: { name: 'a', namespace: 'shop', labels: { app: 'web', tier: 'front', empty: '' } },
  spec: { nodeName: 'n1' },
  status: { phase: 'Running' },
} as KubeObject
const pods: ListRef = { apiVersion: 'v1', kind: 'Pod' }

test.each([
  ['app=web', true],
  ['app==web', true],
  ['app=other', false],
  ['app!=other', true],
  ['app!=web', false],
  ['none!=x', true],
  ['none=', false],
  ['empty=', true],
  ['app', true],
  ['none', false],
  ['!app', false],
  ['!none', true],
  ['app in (web, api)', true],
  ['app in (api)', false],
  ['none in (web)', false],
  ['app notin (web)', false],
  ['none notin (web,api)', true],
  ['app=web,tier in (front,back),!none', true],
  ['app=web,tier in (back,x),!none', false],
  [' app = web , tier', true],
  ['', true],
])('labels %j: %s', (labelSelector, matches) => {
  expect(selectorOf('Pod', { ...pods, labelSelector })(object)).toBe(matches)
})

test.each([
  ['metadata.name=a', true],
  ['metadata.name=b', false],
  ['metadata.name!=b', true],
  ['metadata.namespace=shop,status.phase=Running', true],
  ['spec.nodeName=n1', true],
  ['spec.nodeName=', false],
  ['spec.hostNetwork=false', true],
])('fields %j: %s', (fieldSelector, matches) => {
  expect(selectorOf('Pod', { ...pods, fieldSelector })(object)).toBe(matches)
})

test('a pod that no node has is selected by an empty node', () => {
  const unbound = { ...object, spec: {} } as KubeObject
  expect(selectorOf('Pod', { ...pods, fieldSelector: 'spec.nodeName=' })(unbound)).toBe(true)
})

test('events are selected by what they are about', () => {
  const event = { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', name: 'a' } } as KubeObject
  const select = (fieldSelector: string) =>
    selectorOf('Event', { apiVersion: 'v1', kind: 'Event', fieldSelector })(event)
  expect(select('involvedObject.name=a,involvedObject.kind=Pod')).toBe(true)
  expect(select('involvedObject.name=b')).toBe(false)
})

test.each([
  [{ fieldSelector: 'spec.replicas=1' }, 'field label not supported: spec.replicas'],
  [{ fieldSelector: 'metadata.name' }, 'invalid selector: "metadata.name"'],
  [{ labelSelector: 'app>3' }, 'unable to parse requirement: "app>3"'],
  [{ labelSelector: 'app in web' }, 'unable to parse requirement'],
])('%j is refused', (selector, told) => {
  expect(() => selectorOf('Pod', { ...pods, ...selector })).toThrow(told)
})
