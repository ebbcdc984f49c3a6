import type { Kube, KubeObject, ObjectRef } from '../kube.ts'
import type { Permission } from './rbac.ts'

/** What was asked of an API, as the permissions that it takes and the objects that it makes. */
export interface Uses {
  /** Each once, in the order in which they were first asked for. */
  permissions: Permission[]
  /** The objects that were made, as `Deployment/web`; namespaces by their name. */
  made: string[]
  /** The most pods that were hurt at once. */
  hurtAtOnce: number
}

/**
 * An API's server, and what is asked of it from now on. An apply takes leave to patch and, where the object is not there
 * yet, to create it: https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export function noteUses(kube: Kube): { kube: Kube; uses: Uses } {
  const uses: Uses = { permissions: [], made: [], hurtAtOnce: 0 }
  const noted = new Set<string>()
  const add = (
    verb: string,
    { apiVersion = 'v1', kind = '' }: KubeObject | ObjectRef,
    subresource?: string,
  ) => {
    const apiGroup = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
    const resource = `${resourceOf(kind)}${subresource ? `/${subresource}` : ''}`
    const key = `${verb} ${apiGroup} ${resource}`
    if (noted.has(key)) return
    noted.add(key)
    uses.permissions.push({ verb, apiGroup, resource })
  }
  const made = ({ kind, metadata }: KubeObject) => {
    const name = `${kind}/${metadata?.name}`
    if (!uses.made.includes(name)) uses.made.push(name)
  }
  const pod = { apiVersion: 'v1', kind: 'Pod' }
  const noting: Kube = {
    isNamespaced: (apiVersion, kind) => kube.isNamespaced(apiVersion, kind),
    raw: (path) => kube.raw(path),
    async apply(object, options) {
      add('patch', object)
      add('create', object)
      if (!options?.dryRun) made(object)
      return kube.apply(object, options)
    },
    async create(object) {
      add('create', object)
      made(object)
      return kube.create(object)
    },
    async get(ref) {
      add('get', { ...ref })
      return kube.get(ref)
    },
    async list(ref) {
      add('list', { ...ref, name: '' })
      return kube.list(ref)
    },
    watch(ref, resourceVersion, onEvent, signal) {
      add('watch', { ...ref, name: '' })
      return kube.watch(ref, resourceVersion, onEvent, signal)
    },
    async patch(ref, patch) {
      add('patch', ref)
      return kube.patch(ref, patch)
    },
    async delete(ref, options) {
      add('delete', ref)
      return kube.delete(ref, options)
    },
    async evict(ref, options) {
      add('create', pod, 'eviction')
      return kube.evict(ref, options)
    },
    async exec(ref, command) {
      add('get', pod, 'exec')
      return kube.exec(ref, command)
    },
    async logs(ref, options) {
      add('get', pod, 'log')
      return kube.logs(ref, options)
    },
    followLogs(ref, onLine, signal, options) {
      add('get', pod, 'log')
      return kube.followLogs(ref, onLine, signal, options)
    },
  }
  return { kube: noting, uses }
}

/**
 * A kind's resource, as Kubernetes' own kinds have it: `networkpolicies`, `ingresses`, `pods`.
 * k8s.io/apimachinery/pkg/api/meta/restmapper.go: UnsafeGuessKindToResource.
 */
export function resourceOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (singular === 'endpoints') return singular
  if (singular.endsWith('s')) return `${singular}es`
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`
}
