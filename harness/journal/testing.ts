import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, vi } from 'vitest'
import type { Kube, KubeObject, ObjectRef } from '../cluster/kube.ts'
import { KubeError } from '../cluster/kube-error.ts'

/** Gives each test of a file a cache of its own: its folder, while the test runs. */
export function ownCache(): () => string {
  const caches = mkdtempSync(join(tmpdir(), 'rolypoly-journal-'))
  let cache = ''
  beforeEach(() => {
    cache = mkdtempSync(join(caches, 'cache-'))
    vi.stubEnv('ROLYPOLY_CACHE', cache)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(caches, { recursive: true })
  })
  return () => cache
}

/** As a JSON merge patch does: null takes a field away. */
function merged<T extends object>(object: T, patch: object): T {
  const entries = Object.entries(patch).map(([key, value]) => {
    const isObject = typeof value === 'object' && value !== null
    return [key, isObject ? merged((object as Record<string, object>)[key] ?? {}, value) : value]
  })
  const all = Object.entries({ ...object, ...Object.fromEntries(entries) })
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== undefined)) as T
}

/** The simulated API takes no Leases of others; they are kept here. */
export function withLeases(kube: Kube): Kube {
  const leases = new Map<string, KubeObject>()
  let version = 0
  const put = (namespace: string, object: KubeObject) => {
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } }
    leases.set(namespace, kept)
    return kept as never
  }
  return Object.assign(Object.create(kube) as Kube, {
    create: async (object: KubeObject) => {
      if (object.kind !== 'Lease') return kube.create(object)
      const { namespace = '' } = object.metadata ?? {}
      if (leases.has(namespace)) throw new KubeError('Lease/rolypoly', 409, 'AlreadyExists', 'already exists')
      return put(namespace, object)
    },
    get: async (ref: ObjectRef) => (ref.kind === 'Lease' ? leases.get(ref.namespace ?? '') : kube.get(ref)),
    patch: async (ref: ObjectRef, patch: object) =>
      ref.kind === 'Lease'
        ? put(ref.namespace ?? '', merged(leases.get(ref.namespace ?? '') ?? {}, patch))
        : kube.patch(ref, patch),
    delete: async (ref: ObjectRef, options?: object) =>
      ref.kind === 'Lease' ? leases.delete(ref.namespace ?? '') : kube.delete(ref, options),
  })
}
