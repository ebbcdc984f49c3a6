import { formatMeasured, formatMs } from '../../harness/model/duration.ts'
import type { ClaimResult, Result, ScenarioResult } from '../../harness/model/result.ts'
import { counted } from '../../reports/numbers.ts'
import { code, plain, table } from '../markdown.ts'
import { nameOfFile } from './sources.ts'

/** The guarantees that a run has checked, as a page. `made` is the command that makes it. */
export function guaranteesPage(
  { run, scenarios }: Result,
  sources: Record<string, string[]>,
  made: string,
): string {
  const judged = scenarios
    .filter(({ verdict }) => verdict !== 'skipped')
    .sort((a, b) => a.file.localeCompare(b.file) || a.startedAt.localeCompare(b.startedAt))
  const kept = judged.filter(({ verdict }) => verdict === 'passed').length
  const parts = [
    '# What Kubernetes promises, and what was seen',
    'Each row is a promise, the faults that it was put to, what was claimed of it, where Kubernetes makes it, and the time seen on a real cluster, with the window that was predicted for it from the spec in brackets. A claim without a time held throughout.',
    `**${kept} of ${counted(judged.length, 'promise')} kept.**`,
    `Made by ${code(made)} from a run on Kubernetes ${run.cluster?.kubernetesVersion ?? 'unknown'} (${run.cluster?.provider ?? 'no cluster'}) of ${run.startedAt.slice(0, 10)}.`,
    table(
      ['promise', 'scenario', 'faults', 'claims, and the time seen', 'source', 'verdict'],
      judged.map((scenario) => cellsOf(scenario, sources)),
    ),
  ]
  return `${parts.join('\n\n')}\n`
}

function cellsOf(
  { title, file, faults, claims, verdict }: ScenarioResult,
  sources: Record<string, string[]>,
) {
  const links = sources[nameOfFile(file)] ?? []
  return [
    plain(title),
    `[${plain(nameOfFile(file))}](../${file})`,
    [...new Set(faults.map(({ kind }) => code(kind)))].join('<br>') || '–',
    claims.map(claimWords).join('<br>') || '–',
    links.map((link, n) => `[${n + 1}](${link})`).join(' '),
    verdict,
  ]
}

/** `toRestart({ times: 1 })` 1.0 s (0.0 s – 3.0 s) */
function claimWords({ statement, sort, measuredMs, predicted, within, verdict }: ClaimResult): string {
  const seen = sort === 'response' && measuredMs !== undefined ? ` ${formatMeasured(measuredMs)}` : ''
  const window =
    predicted && within === undefined
      ? ` (${formatMs(predicted.earliestMs)} – ${formatMs(predicted.latestMs)})`
      : ''
  return `${code(statement)}${seen}${window}${verdict === 'passed' ? '' : ` **${verdict}**`}`
}
