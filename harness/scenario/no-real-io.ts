import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { expect, vi } from 'vitest'
import { UsageError } from '../model/errors.ts'

const inside = new AsyncLocalStorage<true>()

const instead = {
  time: "Let virtual time pass: hold('5s', 'why'), or cluster.clock.sleep(5_000).",
  process: 'Ask the cluster itself, by cluster.kube; what only a real one has needs --cluster kind.',
  network:
    'Ask pods by a traffic target of the chart, or by cluster.kube; the machine’s own network needs --cluster kind.',
}

/** What would wait for this machine, by module, or by what it is a part of. Files may be read, and programs that read files run to their end: no time passes meanwhile. */
const waiting: [module: string, names: string[], remedy: string][] = [
  ['expect', ['poll'], instead.time],
  ['vi', ['waitFor', 'waitUntil'], instead.time],
  ['globalThis', ['setTimeout', 'setInterval'], instead.time],
  ['node:timers', ['setTimeout', 'setInterval'], instead.time],
  ['node:timers/promises', ['setTimeout', 'setInterval'], instead.time],
  ['node:child_process', ['spawn', 'exec', 'execFile', 'fork'], instead.process],
  ['globalThis', ['fetch'], instead.network],
  ['node:http', ['request', 'get', 'createServer'], instead.network],
  ['node:https', ['request', 'get', 'createServer'], instead.network],
  ['node:net', ['connect', 'createConnection', 'createServer'], instead.network],
  ['node:dns', ['lookup', 'resolve'], instead.network],
]

/**
 * Runs a simulated scenario's body: what waits for this machine throws there, for the cluster's time would not wait with
 * it, and no two runs would be the same.
 *
 * @throws UsageError, from the function called, with what to use in its place.
 */
export function withoutRealIo<T>(body: () => Promise<T>): Promise<T> {
  guard()
  return inside.run(true, body)
}

let isGuarded = false

/** Once in a process; whatever runs outside of such a body sees no difference. */
function guard(): void {
  if (isGuarded) return
  isGuarded = true
  const require = createRequire(import.meta.url)
  const own: Record<string, unknown> = { globalThis, expect, vi }
  for (const [module, names, remedy] of waiting) {
    const holder = (own[module] ?? require(module)) as Record<string, unknown>
    for (const name of names) {
      const original = holder[name] as (...args: unknown[]) => unknown
      holder[name] = Object.assign(function (this: unknown, ...args: unknown[]) {
        if (!inside.getStore()) return original.apply(this, args)
        throw new UsageError(`${name}: a simulated scenario has virtual time, and no real I/O`, { remedy })
      }, original)
    }
  }
  syncBuiltinESMExports()
}
