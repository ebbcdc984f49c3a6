interface Condition {
  type: string
  status: string
}

export function conditionOf<C extends Condition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/** The conditions with this one in the place of that of its type, or at their end. */
export function withCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): C[] {
  const known = conditions ?? []
  return known.some(({ type }) => type === condition.type)
    ? known.map((old) => (old.type === condition.type ? condition : old))
    : [...known, condition]
}

/** The conditions without that of this type. */
export function withoutCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  type: string,
): C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type)
}
