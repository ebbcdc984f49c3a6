import { expect, test } from 'vitest'
import { EnvironmentError } from '../../model/errors.ts'
import type { Kube, KubeObject } from '../kube.ts'
import { notGranted, refuseUnpermitted } from './access-review.ts'

interface Attributes {
  verb: string
  group: string
  resource: string
  subresource?: string
}

/** An API server that grants all but these, as `list pods`. */
function granting(...denied: string[]): Pick<Kube, 'create'> & { asked: Attributes[] } {
  const asked: Attributes[] = []
  const create = async (object: KubeObject) => {
    const { resourceAttributes } = (object as { spec?: { resourceAttributes: Attributes } }).spec ?? {}
    if (!resourceAttributes) return expect.unreachable('nothing but reviews is created')
    asked.push(resourceAttributes)
    const { verb, resource } = resourceAttributes
    return { ...object, status: { allowed: !denied.includes(`${verb} ${resource}`) } }
  }
  return { create: create as Kube['create'], asked }
}

test('what is not granted is told, and a subresource is asked for as one', async () => {
  const log = { verb: 'get', apiGroup: '', resource: 'pods/log' }
  const scale = { verb: 'patch', apiGroup: 'apps', resource: 'deployments' }
  const kube = granting('patch deployments')
  expect(await notGranted(kube as unknown as Kube, [log, scale])).toEqual([scale])
  expect(kube.asked).toEqual([
    { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
    { verb: 'patch', group: 'apps', resource: 'deployments' },
  ])
})

test('a run is refused before it begins, with each permission that it lacks', async () => {
  const refused = refuseUnpermitted(granting('watch jobs', 'list pods') as unknown as Kube, 'stage')
  await expect(refused).rejects.toThrow(
    'Cluster stage: its user may not list pods, nor 1 more, which every scenario needs',
  )
  await expect(refused).rejects.toMatchObject({ evidence: 'list pods\nwatch jobs.batch' })
  await expect(refused).rejects.toThrow(EnvironmentError)
})

test('what only some scenarios need is not asked for', async () => {
  await refuseUnpermitted(granting('create pods/eviction', 'create services') as unknown as Kube, 'stage')
})
