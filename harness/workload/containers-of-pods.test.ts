import { expect, test } from 'vitest'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import { Pod, Workload } from './workload.ts'

const shape = { name: 'web', namespace: 'shop', services: [], roots: [] }
const workload = new Workload(fakeStage(new FakeRecording()), shape, { containers: [] })
const podOf = (spec: object) =>
  new Pod(workload, { metadata: { name: 'web-1', namespace: 'shop', uid: 'web-1' }, spec: spec as never })

const sidecar = { name: 'shipper', restartPolicy: 'Always' }
const several = podOf({
  containers: [{ name: 'web' }, { name: 'proxy' }],
  initContainers: [{ name: 'wait' }, sidecar],
})

test('a container that is named is meant, a sidecar among the init containers too', () => {
  expect(several.container('proxy')).toBe('proxy')
  expect(several.container('shipper')).toBe('shipper')
  expect(() => several.container('wait')).toThrow(
    'Pod/shop/web-1: has no container "wait": choose one of web, proxy, shipper',
  )
})

test('without a name it is the only one that there is beside the sidecars', () => {
  expect(podOf({ containers: [{ name: 'web' }], initContainers: [sidecar] }).container()).toBe('web')
  expect(() => several.container()).toThrow('has several containers: name one of web, proxy, shipper')
})
