import { UsageError } from '../model/errors.ts'

/** Deeper than any Kubernetes object. */
const deepest = 100

/**
 * Finds what is no JSON, and so could not be sent to an API server, in an object that code has made.
 *
 * @param called names the object
 * @throws UsageError that says where it is, and what it is.
 */
export function checkPlain(value: unknown, called: string): void {
  const above = new Map<unknown, string>()
  const look = (one: unknown, path: string) => {
    const place = path === '' ? called : `${called}: ${path}`
    const refuse = (is: string) => {
      throw new UsageError(`${place} is ${is}, which no Kubernetes object holds`)
    }
    if (['function', 'symbol', 'bigint'].includes(typeof one)) refuse(`a ${typeof one}`)
    if (typeof one === 'number' && !Number.isFinite(one)) refuse(String(one))
    if (typeof one !== 'object' || one === null) return
    if ('toJSON' in one) return
    const kind = Object.prototype.toString.call(one).slice('[object '.length, -1)
    if (!['Object', 'Array'].includes(kind)) refuse(`a ${kind}`)
    const before = above.get(one)
    if (before !== undefined) refuse(`${before || 'the object'} again, a circle`)
    if (above.size > deepest) throw new UsageError(`${called}: is nested more than ${deepest} levels deep`)
    above.set(one, path)
    for (const [key, item] of Object.entries(one)) {
      look(item, Array.isArray(one) ? `${path}[${key}]` : [path, key].filter(Boolean).join('.'))
    }
    above.delete(one)
  }
  look(value, '')
}
