import type { ScenarioResult } from '../../harness/model/result.ts'

/** What one scenario has recorded: the lines of its recording. */
export type Recorded = ReadonlyMap<string, readonly string[]>

/** The namespaces whose objects a recording holds; nodes have none. */
export function namespacesIn(lines: readonly string[]): Set<string> {
  const found = new Set<string>()
  for (const line of lines) {
    const seen = JSON.parse(line) as { source: string; object?: { metadata?: { namespace?: string } } }
    const namespace = seen.source === 'watch' && seen.object?.metadata?.namespace
    if (namespace) found.add(namespace)
  }
  return found
}

/** What one scenario knows of another's objects, a sentence each; `recorded` is by their ids. */
export function crossTalk(scenarios: readonly ScenarioResult[], recorded: Recorded): string[] {
  const own = new Map(scenarios.map(({ id }) => [id, namespacesIn(recorded.get(id) ?? [])]))
  return scenarios.flatMap((scenario) => {
    const { id, title } = scenario
    const mine = own.get(id) ?? new Set()
    const told =
      mine.size === 1 ? [] : [`${title}: its recording has objects of ${mine.size} namespaces, not of one`]
    const shared = [...own].filter(
      ([other, theirs]) => other !== id && [...theirs].some((name) => mine.has(name)),
    )
    // A kubelet's own journal tells of all that is on its node.
    const words = JSON.stringify({ ...scenario, diagnostics: [] })
    const named = [...own].filter(
      ([other, theirs]) => other !== id && [...theirs].some((name) => words.includes(name)),
    )
    return [
      ...told,
      ...shared.map(([other]) => `${title}: shares its namespace with ${other}`),
      ...named.map(([other]) => `${title}: its result names objects of ${other}`),
    ]
  })
}

/** The most scenarios that were being played at one time. */
export function mostAtOnce(scenarios: readonly ScenarioResult[]): number {
  const spans = scenarios.map(({ startedAt, durationMs }) => {
    const from = Date.parse(startedAt)
    return { from, to: from + durationMs }
  })
  return Math.max(
    0,
    ...spans.map(({ from }) => spans.filter((span) => span.from <= from && from < span.to).length),
  )
}
