import { UsageError } from '../model/errors.ts'
import type { ScenarioRecorder } from '../observe/recorder.ts'
import type { Home } from '../workload/deploy.ts'

export interface NeighboursOptions {
  recorder: Pick<ScenarioRecorder, 'watchNamespace'>
  /** The scenario's own namespace. */
  namespace: string
  makeNamespace(name: string): Promise<void>
}

/** The further namespaces of a scenario, by what it calls them. */
export interface Neighbours {
  /** Their real names, in the order in which they were asked for. */
  readonly names: readonly string[]
  /**
   * Where a chart goes: into the scenario's own namespace unless an alias is given. A namespace is made, and watched, when
   * it is asked for first.
   *
   * @throws UsageError for what no namespace may be called.
   */
  home(alias?: string): Promise<Home>
}

/** `rolypoly-neighbour-1aa20d` has to be a DNS label, of 63 characters at most. */
const usable = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/

export function openNeighbours({ recorder, namespace, makeNamespace }: NeighboursOptions): Neighbours {
  const names: string[] = []
  const made = new Map<string, Promise<Home>>()
  const suffix = namespace.slice(namespace.lastIndexOf('-') + 1)
  const make = async (alias: string): Promise<Home> => {
    const name = `rolypoly-${alias}-${suffix}`
    names.push(name)
    await recorder.watchNamespace(name, alias)
    await makeNamespace(name)
    return { namespace: name, alias }
  }
  return {
    names,
    async home(alias) {
      if (alias === undefined) return { namespace }
      if (!usable.test(alias)) {
        throw new UsageError(
          `deploy: ${JSON.stringify(alias)} is no name for a namespace: small letters, digits and - are expected, 40 at most`,
        )
      }
      const home = made.get(alias) ?? make(alias)
      made.set(alias, home)
      return home
    },
  }
}
