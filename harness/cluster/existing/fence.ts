import { EnvironmentError } from '../../model/errors.ts'
import { runLabel } from '../../model/limits.ts'
import { type Kube, type KubeObject, nameOf, type ObjectRef, refOf } from '../kube.ts'
import { KubeError } from '../kube-error.ts'
import { refuseStrangeNames } from '../path-segment.ts'
import { beyondBaseline } from './pod-security.ts'

export interface Fence {
  /** The run's id, which its namespaces carry. */
  run: string
  /** The nodes that may be written to. */
  writableNodes: readonly string[]
  /** Whether pods may be made that reach their node: beyond Pod Security's baseline. */
  allowPrivileged: boolean
  /** Told of each namespace, right after it was made. */
  onMade?(namespace: string): Promise<void>
}

/**
 * The API of a cluster that is somebody else's: reads go through, writes only into namespaces that were made through it,
 * and to the nodes that were named. A namespace is created, never adopted: a name that is taken is an error.
 *
 * @throws EnvironmentError, by every method that writes, for anything else; nothing was sent then.
 */
export function fenced(kube: Kube, fence: Fence): Kube {
  const made = new Map<string, string | undefined>()
  const refuse = (name: string, why: string): never => {
    throw new EnvironmentError(`${name}: ${why}: nothing was written`)
  }
  /** By its name where it belongs to no namespace, whatever namespace it says; else by its namespace. */
  const isWithin = async ({ apiVersion, kind, name, namespace = '' }: ObjectRef) => {
    if (apiVersion === 'v1' && kind === 'Namespace') return made.has(name)
    if (apiVersion === 'v1' && kind === 'Node') return fence.writableNodes.includes(name)
    // Of a kind that the cluster does not have nothing can be sent.
    return made.has(namespace) && (await kube.isNamespaced(apiVersion, kind).catch(() => undefined)) !== false
  }
  const within = async (ref: ObjectRef) => {
    refuseStrangeNames(ref)
    if (!(await isWithin(ref)))
      refuse(nameOf(ref), 'is not in a namespace that this run made on this cluster')
  }
  const unprivileged = (object: KubeObject, name = nameOf(object)) => {
    const field = fence.allowPrivileged ? undefined : beyondBaseline(object)
    if (field) refuse(name, `${field} reaches its node, which --allow-privileged would allow`)
  }
  const make = async <T extends KubeObject>(object: T): Promise<T> => {
    const { name = '', labels } = object.metadata ?? {}
    if (labels?.[runLabel] !== fence.run || !name.startsWith('rolypoly-'))
      refuse(nameOf(object), `is no namespace of run ${fence.run}`)
    const created = await createOnce(kube, object, fence.run)
    made.set(name, created.metadata?.uid)
    await fence.onMade?.(name)
    return created
  }
  const isNamespace = ({ apiVersion, kind }: KubeObject) => apiVersion === 'v1' && kind === 'Namespace'

  return {
    get: (ref) => kube.get(ref),
    list: (ref) => kube.list(ref),
    watch: (ref, resourceVersion, onEvent, signal) => kube.watch(ref, resourceVersion, onEvent, signal),
    logs: (pod, options) => kube.logs(pod, options),
    followLogs: (pod, onLine, signal, options) => kube.followLogs(pod, onLine, signal, options),
    isNamespaced: (apiVersion, kind) => kube.isNamespaced(apiVersion, kind),
    raw: (path) => kube.raw(path),
    async apply(object, options) {
      if (isNamespace(object)) return make(object)
      await within(refOf(object))
      unprivileged(object)
      return kube.apply(object, options)
    },
    async create(object) {
      if (isNamespace(object)) return make(object)
      await within(refOf(object))
      unprivileged(object)
      return kube.create(object)
    },
    async patch(ref, patch) {
      await within(ref)
      unprivileged({ ...patch, kind: ref.kind }, nameOf(ref))
      return kube.patch(ref, patch)
    },
    async delete(ref, options) {
      await within(ref)
      const uid = ref.kind === 'Namespace' ? made.get(ref.name) : undefined
      return kube.delete(ref, { ...options, ...(uid !== undefined && { uid }) })
    },
    async evict(pod, options) {
      await within({ ...pod, apiVersion: 'v1', kind: 'Pod' })
      return kube.evict(pod, options)
    },
    async exec(pod, command) {
      await within({ ...pod, apiVersion: 'v1', kind: 'Pod' })
      return kube.exec(pod, command)
    },
  }
}

/** The answer to a creation may be lost, and the object be there: then it carries this run's id. */
async function createOnce<T extends KubeObject>(kube: Kube, object: T, run: string): Promise<T> {
  try {
    return await kube.create(object)
  } catch (error) {
    if (!(error instanceof KubeError) || error.code !== 409) throw error
    const { name = '' } = object.metadata ?? {}
    const there = await kube.get<T>({ apiVersion: 'v1', kind: 'Namespace', name })
    if (there?.metadata?.labels?.[runLabel] === run) return there
    throw error
  }
}
