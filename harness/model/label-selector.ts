/** As Kubernetes has it; what is not given is left out. */
export interface LabelSelector {
  matchLabels?: Record<string, string> | undefined
  matchExpressions?: { key: string; operator: string; values?: string[] | undefined }[] | undefined
}

/** Whether a label selector matches; an empty one matches everything. */
export function selects(selector: LabelSelector, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      const isIn = value !== undefined && values.includes(value)
      return operator === 'In' ? isIn : !isIn
    })
  )
}
