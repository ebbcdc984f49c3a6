type Fields = Record<string, unknown>

/** Without what is null or undefined, which says nothing to the API server; shares nothing with what was given. */
export function asJson<T>(object: T): T {
  return withoutNulls(JSON.parse(JSON.stringify(object))) as T
}

/**
 * What an object becomes when another is applied over it by its only applier: what it says takes the place of what is
 * there, what it said the last time and says no more goes away, what others have said stays. A list is one value.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export function applyOver<T>(present: T, last: unknown, applied: unknown): T {
  return merged(present, last, applied) as T
}

function merged(present: unknown, last: unknown, applied: unknown): unknown {
  if (!isFields(present) || !isFields(applied)) return applied
  const before = isFields(last) ? last : {}
  const result: Fields = { ...present }
  for (const [name, value] of Object.entries(before)) {
    const rest = without(present[name], value)
    if (rest === undefined) delete result[name]
    else result[name] = rest
  }
  for (const [name, value] of Object.entries(applied))
    result[name] = merged(present[name], before[name], value)
  return result
}

/** What is left of a value when what was once said of it is taken back; undefined for nothing. */
function without(present: unknown, said: unknown): unknown {
  if (!isFields(present) || !isFields(said)) return undefined
  const rest: Fields = { ...present }
  for (const [name, value] of Object.entries(said)) {
    const left = without(present[name], value)
    if (left === undefined) delete rest[name]
    else rest[name] = left
  }
  return Object.keys(rest).length > 0 ? rest : undefined
}

/** RFC 7386. */
export function mergePatch(present: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const result: Fields = isFields(present) ? { ...present } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else if (value !== undefined) result[name] = mergePatch(result[name], value)
  }
  return result
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls)
  if (!isFields(value)) return value
  const said = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(said.map(([name, inner]) => [name, withoutNulls(inner)]))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
