import { expect } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { type ToBeReplacedOptions, toBeReplaced } from './to-be-replaced.ts'
import { type ToRecoverOptions, toRecover } from './to-recover.ts'

/** Claims about a pod or a workload. Each is judged, written down, and told at the end of the scenario. */
export interface ClaimsOf<T> {
  /** Another pod of the same owner stands in for this one, and is ready. */
  toBeReplaced: T extends Pod ? (options?: ToBeReplacedOptions) => Promise<void> : never
  /** Every replica is ready and in its Service again, after it was seen not to be so. */
  toRecover: T extends Workload ? (options?: ToRecoverOptions) => Promise<void> : never
}

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends ClaimsOf<T> {}
}

type Make<S> = (subject: S, options: never, statement: string) => Promise<void>

const onPods: Record<string, Make<Pod>> = { toBeReplaced }
const onWorkloads: Record<string, Make<Workload>> = { toRecover }

function matcher(name: string) {
  return async function (this: { isNot: boolean }, subject: unknown, options: object = {}) {
    if (this.isNot) {
      throw new UsageError(
        `.not.${name}: a claim is not turned round, for what was not seen yet may still come; claim what must hold instead, as toStayUp`,
      )
    }
    const statement = `${name}(${Object.keys(options).length > 0 ? JSON.stringify(options) : ''})`
    const make =
      subject instanceof Pod ? onPods[name] : subject instanceof Workload ? onWorkloads[name] : undefined
    if (!make) {
      const wanted = [name in onPods ? 'a pod' : '', name in onWorkloads ? 'a workload' : '']
        .filter(Boolean)
        .join(' or ')
      throw new UsageError(`${name}: is a claim about ${wanted}: give what deploy() or its pod() returned`)
    }
    await (make as Make<unknown>)(subject, options as never, statement)
    // A claim that does not hold is told at the end, so that the later ones are judged too.
    return { pass: true, message: () => statement }
  }
}

expect.extend(
  Object.fromEntries(
    [...new Set([...Object.keys(onPods), ...Object.keys(onWorkloads)])].map((name) => [name, matcher(name)]),
  ),
)

export { expect }
