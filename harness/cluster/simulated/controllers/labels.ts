export type Labels = Readonly<Record<string, string>>

export interface Requirement {
  key: string
  operator: string
  values?: string[]
}

export interface Selector {
  matchLabels?: Labels
  matchExpressions?: Requirement[]
}

/** Whether these labels have all of those. */
export function hasLabels(labels: Labels | undefined, wanted: Labels): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false
  return true
}

/**
 * Whether a selector selects these labels; an empty one selects everything.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function selects(selector: Selector | undefined, labels: Labels | undefined): boolean {
  if (!selector) return false
  if (!hasLabels(labels, selector.matchLabels ?? {})) return false
  return (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels))
}

/** @throws Error for an operator that the model does not know. */
export function meets({ key, operator, values = [] }: Requirement, labels: Labels | undefined): boolean {
  const value = labels?.[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      throw new Error(`a label selector has no operator ${operator}`)
  }
}
