import { EnvironmentError } from '../model/errors.ts'
import type { NodeTaint } from '../model/fault.ts'
import type { Kube, NodeObject } from './kube.ts'
import { KubeError } from './kube-error.ts'

/**
 * Written to a Node along with what it tells of, in one request: so whoever finds the Node knows whose doing it is, by the
 * namespace of the scenario.
 */
const cordonedMark = 'rolypoly.dev/cordoned'
/** The taints, as `key:effect:namespace` with spaces between them. */
const taintedMark = 'rolypoly.dev/tainted'

const writes = 5

/** Marks a Node as unschedulable, as `kubectl cordon` does. */
export async function cordon(kube: Kube, name: string, namespace: string): Promise<void> {
  await kube.patch(nodeRef(name), {
    metadata: { annotations: { [cordonedMark]: namespace } },
    spec: { unschedulable: true },
  })
}

export async function uncordon(kube: Kube, name: string): Promise<void> {
  await kube.patch(nodeRef(name), {
    metadata: { annotations: { [cordonedMark]: null } },
    spec: { unschedulable: null },
  })
}

/** @throws EnvironmentError where the Node is gone. */
export async function addTaint(kube: Kube, name: string, taint: NodeTaint, namespace: string): Promise<void> {
  await writeTaints(kube, name, {
    taints: (taints) => [...taints, taint],
    marks: (marks) => [...marks, { ...taint, namespace }],
  })
}

/** @throws EnvironmentError where the Node is gone. */
export async function removeTaint(kube: Kube, name: string, taint: TaintRef): Promise<void> {
  await writeTaints(kube, name, {
    taints: (taints) => taints.filter((one) => !isSameTaint(one, taint)),
    marks: (marks) => marks.filter((mark) => !isSameTaint(mark, taint)),
  })
}

/** The namespaces of the scenarios whose doing a Node shows. */
export function markersOf({ metadata }: NodeObject): string[] {
  const { annotations = {} } = metadata ?? {}
  const cordonedBy = annotations[cordonedMark]
  const taintedBy = marksOf(annotations).map(({ namespace }) => namespace)
  return [...new Set(cordonedBy === undefined ? taintedBy : [cordonedBy, ...taintedBy])]
}

/**
 * Undoes what the marks of a Node tell of, where the scenario of that namespace is dead, and gives a sentence for each. It
 * goes by the Node as it is now, and writes nothing where that has changed meanwhile.
 */
export async function undoMarked(
  kube: Kube,
  name: string,
  isDead: (namespace: string) => boolean,
): Promise<string[]> {
  let undone: string[] = []
  await changeNode(kube, name, ({ metadata, spec }) => {
    const { annotations = {} } = metadata ?? {}
    const cordonedBy = annotations[cordonedMark]
    const isUncordoned = cordonedBy !== undefined && isDead(cordonedBy)
    const [dead, others] = partition(marksOf(annotations), ({ namespace }) => isDead(namespace))
    undone = [
      ...(isUncordoned ? [`uncordoned Node/${name}`] : []),
      ...dead.map(({ key, effect }) => `took the taint ${key}:${effect} from Node/${name}`),
    ]
    if (undone.length === 0) return undefined
    const taints = spec?.taints?.filter((taint) => !dead.some((mark) => isSameTaint(taint, mark)))
    return {
      annotations: {
        ...(isUncordoned && { [cordonedMark]: null }),
        ...(dead.length > 0 && { [taintedMark]: tellMarks(others) }),
      },
      spec: {
        ...(isUncordoned && { unschedulable: null }),
        ...(dead.length > 0 && { taints: orNull(taints) }),
      },
    }
  })
  return undone
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/: a taint is known by its key and effect. */
export interface TaintRef {
  key: string
  effect: string
}

export function isSameTaint(one: TaintRef, other: TaintRef): boolean {
  return one.key === other.key && one.effect === other.effect
}

type Taints = NonNullable<NonNullable<NodeObject['spec']>['taints']>

/** By which scenario a Node was tainted. */
interface TaintMark extends TaintRef {
  namespace: string
}

interface TaintChange {
  taints(now: Taints): Taints
  marks(now: TaintMark[]): TaintMark[]
}

/** @throws EnvironmentError where the Node is gone. */
async function writeTaints(kube: Kube, name: string, change: TaintChange): Promise<void> {
  const isThere = await changeNode(kube, name, ({ metadata, spec }) => ({
    annotations: { [taintedMark]: tellMarks(change.marks(marksOf(metadata?.annotations ?? {}))) },
    spec: { taints: orNull(change.taints(spec?.taints ?? [])) },
  }))
  if (!isThere) throw new EnvironmentError(`Node/${name}: is gone`)
}

interface NodeChange {
  annotations: Record<string, string | null>
  spec: { unschedulable?: null; taints?: Taints | null }
}

/**
 * Changes a Node where it is still the one that was read, since others write it too, and else tries again; not at all
 * where there is nothing to change.
 *
 * @returns whether the Node is there.
 */
async function changeNode(
  kube: Kube,
  name: string,
  changeOf: (node: NodeObject) => NodeChange | undefined,
): Promise<boolean> {
  for (let left = writes; ; left--) {
    const node = await kube.get<NodeObject>(nodeRef(name))
    if (!node) return false
    const change = changeOf(node)
    if (!change) return true
    const { annotations, spec } = change
    const { resourceVersion } = node.metadata ?? {}
    try {
      await kube.patch(nodeRef(name), { metadata: { resourceVersion, annotations }, spec })
      return true
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 409 || left <= 1) throw error
    }
  }
}

function marksOf(annotations: Record<string, string>): TaintMark[] {
  const marks = annotations[taintedMark]?.split(' ') ?? []
  return marks.map((mark) => {
    const [key = '', effect = '', namespace = ''] = mark.split(':')
    return { key, effect, namespace }
  })
}

/** As the annotation has them; null where none is left, which takes it away. */
function tellMarks(marks: readonly TaintMark[]): string | null {
  return marks.map(({ key, effect, namespace }) => `${key}:${effect}:${namespace}`).join(' ') || null
}

function orNull(taints: Taints | undefined): Taints | null {
  return taints && taints.length > 0 ? taints : null
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}

function nodeRef(name: string) {
  return { apiVersion: 'v1', kind: 'Node', name }
}
