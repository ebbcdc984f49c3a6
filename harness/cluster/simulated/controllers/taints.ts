import type { NodeObject, PodObject } from '../../kube.ts'

export type Taint = NonNullable<NonNullable<NodeObject['spec']>['taints']>[number]
export type Toleration = NonNullable<NonNullable<PodObject['spec']>['tolerations']>[number]

export const notReady = 'node.kubernetes.io/not-ready'
export const unreachable = 'node.kubernetes.io/unreachable'

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration
  if (effect !== '' && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''))
}

/** The first of the taints with one of these effects that nothing tolerates. */
export function untolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find(
    (taint) =>
      effects.includes(taint.effect) && !tolerations?.some((toleration) => tolerates(toleration, taint)),
  )
}

/** The taints of a node without those of which it should have none, and with those that it should have. */
export function withTaints(
  node: NodeObject,
  isManaged: (taint: Taint) => boolean,
  wanted: readonly Taint[],
): NodeObject {
  const taints = node.spec?.taints ?? []
  const isWanted = (taint: Taint) =>
    wanted.some(({ key, effect }) => key === taint.key && effect === taint.effect)
  const kept = taints.filter((taint) => !isManaged(taint) || isWanted(taint))
  const added = wanted.filter(
    ({ key, effect }) => !taints.some((known) => known.key === key && known.effect === effect),
  )
  if (kept.length === taints.length && added.length === 0) return node
  const { taints: _, ...spec } = node.spec ?? {}
  const all = [...kept, ...added]
  return { ...node, spec: all.length > 0 ? { ...spec, taints: all } : spec }
}
