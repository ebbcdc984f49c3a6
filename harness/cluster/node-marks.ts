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

/** Undoes what the marks of a Node tell of, where the scenario of that namespace is dead, and gives a sentence for each. */
export async function undoMarked(
  kube: Kube,
  { metadata }: NodeObject,
  isDead: (namespace: string) => boolean,
): Promise<string[]> {
  const { name = '', annotations = {} } = metadata ?? {}
  const undone: string[] = []
  const cordonedBy = annotations[cordonedMark]
  if (cordonedBy !== undefined && isDead(cordonedBy)) {
    await uncordon(kube, name)
    undone.push(`uncordoned Node/${name}`)
  }
  for (const { key, effect, namespace } of marksOf(annotations)) {
    if (!isDead(namespace)) continue
    await removeTaint(kube, name, { key, effect })
    undone.push(`took the taint ${key}:${effect} from Node/${name}`)
  }
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

/** Others write a node's taints too: the whole list is written where it is still the one that was read. */
async function writeTaints(kube: Kube, name: string, change: TaintChange): Promise<void> {
  for (let left = writes; ; left--) {
    const node = await kube.get<NodeObject>(nodeRef(name))
    if (!node) throw new EnvironmentError(`Node/${name}: is gone`)
    const { resourceVersion, annotations = {} } = node.metadata ?? {}
    const taints = change.taints(node.spec?.taints ?? [])
    const marks = change
      .marks(marksOf(annotations))
      .map(({ key, effect, namespace }) => `${key}:${effect}:${namespace}`)
      .join(' ')
    try {
      await kube.patch(nodeRef(name), {
        metadata: { resourceVersion, annotations: { [taintedMark]: marks || null } },
        spec: { taints: taints.length > 0 ? taints : null },
      })
      return
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

function nodeRef(name: string) {
  return { apiVersion: 'v1', kind: 'Node', name }
}
