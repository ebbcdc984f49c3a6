/**
 * The JSON merge patch (RFC 7386) that makes one JSON object another: null for what is to go. A list is one value.
 */
export function mergeDiff(from: object, to: object): Record<string, unknown> {
  const [before, after] = [new Map<string, unknown>(Object.entries(from)), Object.entries(to)]
  const patch: Record<string, unknown> = {}
  for (const [name, value] of after) {
    const old = before.get(name)
    before.delete(name)
    if (isFields(old) && isFields(value)) {
      const inner = mergeDiff(old, value)
      if (Object.keys(inner).length > 0) patch[name] = inner
    } else if (JSON.stringify(old) !== JSON.stringify(value)) patch[name] = value
  }
  for (const name of before.keys()) patch[name] = null
  return patch
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
