import { formatMs } from '../harness/model/duration.ts'
import type { Result, ScenarioResult, ShutdownResult } from '../harness/model/result.ts'
import { grouped } from './numbers.ts'
import { changes, stopSentences } from './shutdown-changes.ts'
import { fellShort } from './shutdown-words.ts'
import { oneLine, shorten } from './text.ts'
import { clusterLine, findings, headline, runDuration, stamps, symbols, tally, worstFirst } from './words.ts'

/** A job page cuts a long summary off: what is left out here is in the report beside it. */
const scenarioLimit = 200
const findingLimit = 20
const textLimit = 600

/** The run as a summary for a CI job's page, in GitHub's and GitLab's Markdown. */
export function renderMarkdown(result: Result): string {
  const { run } = result
  const facts = [clusterLine(run.cluster), runDuration(run)].filter((fact) => fact !== '')
  const counts = tally(result.scenarios).map(({ verdict, count }) => `${count} ${verdict}`)
  const parts = [
    `## ${symbols[run.verdict]} rolypoly: ${run.verdict}`,
    ...stamps(result).map(({ name, meaning }) => `> **${name.toUpperCase()}**: ${plain(meaning)}`),
    `**${plain(headline(result))}**`,
    [...counts, ...facts].map(plain).join(' · '),
    ...(run.error?.remedy ? [plain(run.error.remedy)] : []),
    ...table(result),
    ...broken(result),
    ...stops(result),
  ]
  return `${parts.join('\n\n')}\n`
}

function table(result: Result): string[] {
  if (result.scenarios.length === 0) return []
  const ordered = worstFirst(result.scenarios)
  const rows = ordered.slice(0, scenarioLimit).map((scenario) => {
    const cells = [
      `${symbols[scenario.verdict]} ${scenario.verdict}`,
      plain(scenario.title),
      scenario.faults.map((fault) => plain(fault.kind)).join(', '),
      tally(scenario.claims)
        .map(({ verdict, count }) => `${count} ${verdict}`)
        .join(', '),
      scenario.traffic ? grouped(scenario.traffic.lost) : '',
      formatMs(scenario.durationMs),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head = [
    '| Verdict | Scenario | Faults | Claims | Lost | Took |',
    '| --- | --- | --- | --- | --: | --: |',
  ]
  const more = ordered.length - scenarioLimit
  return [[...head, ...rows].join('\n'), ...(more > 0 ? [`${grouped(more)} more are in the report.`] : [])]
}

function broken(result: Result): string[] {
  return worstFirst(result.scenarios)
    .filter((scenario) => scenario.verdict !== 'passed')
    .slice(0, scenarioLimit)
    .flatMap((scenario) => [
      `### ${symbols[scenario.verdict]} ${plain(scenario.title)}`,
      list(scenario, result),
    ])
}

function list(scenario: ScenarioResult, result: Result): string {
  const found = findings(scenario, result.run.mode)
  const lines = found.slice(0, findingLimit).flatMap(({ promise, seen, why = [] }) => {
    const first =
      promise === undefined ? `- ${plain(seen)}` : `- <code>${plain(promise)}</code> ${plain(seen)}`
    return [first, ...why.map((reason) => `  - ${plain(reason)}`)]
  })
  const more = found.length - findingLimit
  return [...lines, ...(more > 0 ? [`- and ${grouped(more)} more`] : [])].join('\n')
}

/** How each pod stopped that no finding has told of: what fell short first, then what is not as it was. */
function stops(result: Result): string[] {
  const told = new Set(
    result.scenarios.flatMap((scenario) =>
      findings(scenario, result.run.mode).flatMap(({ why = [] }) => why),
    ),
  )
  const rank = (stop: ShutdownResult): number =>
    fellShort(stop) ? 0 : stop.before && changes(stop, stop.before).length > 0 ? 1 : 2
  const all = result.scenarios.flatMap(({ shutdowns = [] }) => shutdowns)
  const others = all
    .filter((stop) => !stopSentences(stop).some((sentence) => told.has(sentence)))
    .toSorted((a, b) => rank(a) - rank(b))
  if (others.length === 0) return []
  const shown = others.slice(0, findingLimit).map((stop) => `- ${stopSentences(stop).map(plain).join(' ')}`)
  const more = others.length - shown.length
  return ['### How pods stopped', [...shown, ...(more > 0 ? [`- and ${grouped(more)} more`] : [])].join('\n')]
}

/** What keeps a link, a mention or an issue's number from being made of text after Markdown is done with it. */
const joiner = '\u2060'

/** Text on one line in which nothing is markup, a link or a mention. */
function plain(text: string): string {
  return shorten(oneLine(text), textLimit)
    .replace(/[\\`*_[\]#|<>~&$]|^[-+=]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/^(\d+)(?=[.)])|@(?=\w)|&#35;(?=\w)|:(?=\/\/)|\bwww(?=\.)/gi, (start) => start + joiner)
}
