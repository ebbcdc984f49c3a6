import { formatMs } from '../../harness/model/duration.ts'
import { type Verdict, verdicts } from '../../harness/model/verdict.ts'
import { counted } from '../../reports/numbers.ts'
import { code, percent, plain, seconds, table } from '../markdown.ts'
import { isCalm } from './machine.ts'
import type { Finished } from './runs.ts'
import {
  type Finding,
  findings,
  isWrong,
  type Kind,
  noiseOf,
  type Verdicts,
  verdictRows,
} from './statistics.ts'
import { overall, type Sample, type Seen, samplesOf, type WindowRow, windowRows } from './windows.ts'

const kinds: readonly Kind[] = ['quiet', 'busy']
/** What issue 4 asks of the predictions. */
const aimInside = 0.99
const aimRatio = 1.5
/** A page that lists hundreds of findings is not read. */
const findingLimit = 100

/** What many runs came to, as a page. `into` is the folder as it was given. */
export function repeatedPage(runs: readonly Finished[], into: string): string {
  const samples = samplesOf(runs)
  const present = kinds.filter((kind) => runs.some((run) => run.kind === kind))
  const rows = windowRows(samples)
  const parts = [
    '# The same scenarios, many times over',
    madeBy(runs, into, present),
    summary(runs, samples, present),
    '## Verdicts',
    verdictTable(runs, present),
    '## What did not pass',
    notPassed(findings(runs)),
    '## Measured and predicted',
    'Seconds from the anchor, by every response that was judged by its predicted window: least – median – greatest of what was measured, then how often it came inside, early and late. The *periods* are the sum of those terms of the prediction that Kubernetes itself sets; the *ratio* is the width of the window over them.',
    windowTable(
      rows.filter(({ ratio }) => ratio !== undefined),
      present,
    ),
    '### Windows without a period of Kubernetes in their chain',
    windowTable(
      rows.filter(({ ratio }) => ratio === undefined),
      present,
    ),
    '## How busy the machine was',
    noiseTable(runs, present),
    '## The runs',
    runTable(runs),
  ]
  return `${parts.join('\n\n')}\n`
}

function madeBy(runs: readonly Finished[], into: string, present: Kind[]): string {
  const last = runs.at(-1)
  const under = runs.flatMap((run) => run.under ?? [])
  const filters = [...new Set(under.flatMap((one) => one.filters))]
  const half = present.includes('busy') ? ['--busy-half'] : []
  const whole = [`--times ${runs.length}`, ...half, `--into ${into}`, ...filters]
  // Runs of another program can only be told of.
  const command = (under.length > 0 ? whole : ['--tell', `--into ${into}`]).join(' ')
  const commits = [...new Set(under.flatMap(({ commit }) => commit ?? []))]
  const versions = [...new Set(runs.flatMap(({ result }) => result.run.cluster?.kubernetesVersion ?? []))]
  const cores = [...new Set(under.map((one) => one.cores))]
  const facts = [
    versions.length > 0 && `Kubernetes ${versions.join(', ')}`,
    cores.length > 0 && `${cores.join(', ')} cores`,
    commits.length > 0 && `commit ${commits.join(', ')}`,
    last && `the last run on ${last.result.run.startedAt.slice(0, 10)}`,
  ]
  const busy =
    'In a *busy* run as many processes as there are cores keep them busy; the two kinds take turns. Before a quiet one it is waited for calm, at most two minutes.'
  return [
    `Made by ${code(`node scripts/repeat.ts ${command}`)}: ${facts.filter(Boolean).join('; ')}. With \`--tell\` the page is made again from the runs that are there.`,
    ...(present.includes('busy') ? [busy] : []),
  ].join(' ')
}

function summary(runs: readonly Finished[], samples: Sample[], present: Kind[]): string {
  const lines = present.map((kind) => {
    const mine = runs.filter((run) => run.kind === kind)
    const played = mine.flatMap(({ result }) => result.scenarios)
    const told = tellVerdicts(countOf(played.map(({ verdict }) => verdict)))
    const wrong = played.filter(isWrong).length
    return `${counted(mine.length, `${kind} run`)}, ${counted(played.length, 'scenario')}: ${told}. Wrong verdicts: ${wrong}.`
  })
  const windows = present.map((kind) => {
    const { samples: all, inside } = overall(samples, kind)
    const share = all === 0 ? '' : ` (${percent(inside / all)})`
    const aim = kind === 'quiet' ? `; the aim is ${percent(aimInside)}` : ''
    return `Measured times inside their windows on the ${kind} runs: ${inside} of ${all}${share}${aim}.`
  })
  return [...lines, ...windows, ratioLine(samples), ...restless(runs)].map((line) => `- ${line}`).join('\n')
}

/** A quiet run says less where something else kept the machine busy. */
function restless(runs: readonly Finished[]): string[] {
  const quiet = runs.flatMap(({ kind, under }) => (kind === 'quiet' && under ? [under] : []))
  const wild = quiet.filter(({ pressureBefore: avg10, load1Before: load1, cores }) => {
    return !isCalm({ load1, ...(avg10 !== undefined && { pressure: { avg10 } }) }, cores)
  })
  if (wild.length === 0) return []
  return [
    `Quiet runs that began although the machine did not become calm: ${wild.length} of ${quiet.length}.`,
  ]
}

function ratioLine(samples: Sample[]): string {
  const { samples: all, ratio, withPeriods } = overall(samples, 'quiet')
  if (ratio === undefined) return 'No window of the quiet runs has a period of Kubernetes in its chain.'
  return `The median width of a window on the quiet runs is ${ratio.toFixed(2)} times the sum of the periods of Kubernetes in its chain; the aim is at most ${aimRatio}. Windows with such periods: ${withPeriods}; without, and listed apart: ${all - withPeriods}.`
}

function verdictTable(runs: readonly Finished[], present: Kind[]): string {
  return table(
    ['scenario', ...present],
    verdictRows(runs).map((row) => [plain(row.title), ...present.map((kind) => tellVerdicts(row[kind]))]),
  )
}

function countOf(of: Verdict[]): Verdicts {
  const count = (verdict: Verdict) => of.filter((one) => one === verdict).length
  return Object.fromEntries(verdicts.map((verdict) => [verdict, count(verdict)])) as Verdicts
}

/** `14 passed, 1 inconclusive`: the common one first. */
function tellVerdicts(counts: Verdicts): string {
  const told = verdicts
    .toReversed()
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdict}`)
  return told.join(', ') || '–'
}

function notPassed(found: Finding[]): string {
  if (found.length === 0) return 'Nothing.'
  const lines = found.slice(0, findingLimit).map(({ run, title, verdict, statement, message, isWrong }) => {
    const what = statement === undefined ? '' : ` ${code(statement)}`
    return `- ${run}, ${plain(title)}:${what} ${isWrong ? `**${verdict}**` : verdict}: ${plain(message)}`
  })
  const more = found.length - findingLimit
  return [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')
}

function windowTable(rows: WindowRow[], present: Kind[]): string {
  if (rows.length === 0) return 'None.'
  const seen = present.flatMap((kind) => [kind, 'in / early / late'])
  const withPeriods = rows.some(({ ratio }) => ratio !== undefined)
  const ratioOf = ({ periodsMs, ratio }: WindowRow) =>
    withPeriods ? [seconds(periodsMs), ratio?.toFixed(2) ?? '–'] : []
  return table(
    [
      ...['scenario', 'claim', 'counted from', 'predicted', 'width'],
      ...(withPeriods ? ['periods', 'ratio'] : []),
      ...seen,
    ],
    rows.map((row, n) => [
      row.title === rows[n - 1]?.title ? '' : plain(row.title),
      code(row.claim),
      plain(row.from),
      `${seconds(row.earliestMs)} – ${seconds(row.latestMs)}`,
      seconds(row.widthMs),
      ...ratioOf(row),
      ...present.flatMap((kind) => tellSeen(row[kind])),
    ]),
  )
}

function tellSeen({ measuredMs, inside, early, late }: Seen): string[] {
  const { min, median, max } = measuredMs ?? {}
  const spread = [min, median, max].map((ms) => (ms === undefined ? '' : seconds(ms)))
  return [measuredMs ? spread.join(' – ') : '–', `${inside} / ${early} / ${late}`]
}

function noiseTable(runs: readonly Finished[], present: Kind[]): string {
  const measured = present.map((kind) => ({ kind, noise: noiseOf(runs, kind) }))
  if (measured.every(({ noise }) => noise === undefined)) return 'No scenario measured it.'
  const cell = (of: { p50: number; max: number } | undefined, tell: (n: number) => string) =>
    of ? `${tell(of.p50)} / ${tell(of.max)}` : '–'
  return [
    'The median of the scenarios’ medians / the greatest that was seen.',
    table(
      ['runs', 'an API write', 'its watch event', 'time in which some task waited for a CPU'],
      measured.map(({ kind, noise }) => [
        kind,
        cell(noise?.apiMs, formatMs),
        cell(noise?.watchMs, formatMs),
        cell(noise?.cpuWaiting, percent),
      ]),
    ),
  ].join('\n\n')
}

function runTable(runs: readonly Finished[]): string {
  return table(
    ['run', 'verdict', 'took', 'load before', 'waited for calm', 'some task waited for a CPU'],
    runs.map(({ name, result: { run }, under }) => [
      name,
      run.verdict,
      formatMs(Date.parse(run.finishedAt) - Date.parse(run.startedAt)),
      under ? tellLoad(under) : '–',
      under ? formatMs(under.waitedMs) : '–',
      under?.cpuWaiting === undefined ? '–' : percent(under.cpuWaiting),
    ]),
  )
}

/** The load that a run began under: the pressure on the CPU in per cent of ten seconds, and the load average. */
export function tellLoad({ pressureBefore, load1Before }: NonNullable<Finished['under']>): string {
  const pressure = pressureBefore === undefined ? '' : `pressure ${pressureBefore.toFixed(1)} %, `
  return `${pressure}load ${load1Before.toFixed(2)}`
}
