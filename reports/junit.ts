import type { Failure, Result, ScenarioResult } from '../harness/model/result.ts'
import { type Verdict, verdicts, worst } from '../harness/model/verdict.ts'
import { visible } from './text.ts'
import { clusterLine, type Finding, findings, headline, stamps } from './words.ts'

interface Case {
  name: string
  classname: string
  seconds: number
  outcome: 'passed' | 'failure' | 'error' | 'skipped'
  /** The outcome's XML; empty where it passed. */
  body: string
}

interface Suite {
  name: string
  timestamp: string
  cases: Case[]
}

/**
 * The run as JUnit's XML: a suite for each file, a case for each scenario. What goes wrong outside the scenarios is a
 * case of its own, so that no reader takes a run that judged nothing for a good one.
 */
export function renderJunit(result: Result): string {
  const byFile = Map.groupBy(result.scenarios, (scenario) => scenario.file)
  const suites = [...byFile].map(([file, scenarios]) => suiteOf(file, scenarios, result))
  const own = runCase(result)
  if (own) suites.unshift({ name: 'rolypoly', timestamp: result.run.startedAt, cases: [own] })
  const cases = suites.flatMap((suite) => suite.cases)
  const properties = Object.entries({
    run: result.run.id,
    mode: result.run.mode,
    verdict: result.run.verdict,
    cluster: clusterLine(result.run.cluster),
    rolypoly: result.run.rolypolyVersion,
    seed: String(result.run.seed),
  })
  const listed = properties
    .map(([name, value]) => `      <property${attributes({ name, value })}/>\n`)
    .join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites${attributes({ name: `rolypoly ${result.run.id}`, ...totals(cases) })}>
${suites.map((suite) => renderSuite(suite, listed)).join('')}</testsuites>
`
}

function suiteOf(file: string, scenarios: readonly ScenarioResult[], result: Result): Suite {
  const cases = scenarios.map((scenario) => ({
    name: scenario.title,
    classname: file,
    seconds: scenario.durationMs / 1_000,
    ...outcomeOf(scenario, result),
  }))
  return { name: file, timestamp: scenarios[0]?.startedAt ?? result.run.startedAt, cases }
}

function outcomeOf(scenario: ScenarioResult, result: Result): Pick<Case, 'outcome' | 'body'> {
  const found = findings(scenario, result.run.mode)
  const message = stamped(found[0]?.seen ?? scenario.verdict, result)
  const text = [...found.flatMap(lines), ...failureText(scenario.error)].join('\n')
  return outcome(scenario.verdict, message, text)
}

/** A case for the run where its verdict is worse than its scenarios', or where it has none. */
function runCase(result: Result): Case | undefined {
  const { run, scenarios } = result
  const lowest = worst(scenarios.map((scenario) => scenario.verdict))
  const explained = scenarios.length > 0 && verdicts.indexOf(run.verdict) >= verdicts.indexOf(lowest)
  if (explained && !run.error) return undefined
  const verdict = run.interrupted ? 'inconclusive' : run.error ? 'error' : run.verdict
  const text = [headline(result), ...failureText(run.error)].join('\n')
  return {
    name: 'the run',
    classname: 'rolypoly',
    seconds: 0,
    ...outcome(verdict, stamped(headline(result), result), text),
  }
}

function outcome(verdict: Verdict, message: string, text: string): Pick<Case, 'outcome' | 'body'> {
  const element = (name: 'failure' | 'error'): Pick<Case, 'outcome' | 'body'> => ({
    outcome: name,
    body: `      <${name}${attributes({ message, type: verdict })}>${xml(text)}</${name}>\n`,
  })
  switch (verdict) {
    case 'violated':
      return element('failure')
    case 'error':
    case 'inconclusive':
      return element('error')
    case 'skipped':
      return { outcome: 'skipped', body: `      <skipped${attributes({ message })}/>\n` }
    case 'passed':
      return { outcome: 'passed', body: '' }
  }
}

function stamped(message: string, result: Result): string {
  return [...stamps(result).map((stamp) => `[${stamp.name}: ${stamp.meaning}]`), message].join(' ')
}

function lines({ promise, seen, why = [] }: Finding): string[] {
  return [promise === undefined ? seen : `${promise}: ${seen}`, ...why.map((reason) => `  ${reason}`)]
}

function failureText(failure: Failure | undefined): string[] {
  return failure ? [failure.remedy, failure.evidence, failure.stack].filter((part) => part !== undefined) : []
}

function renderSuite(suite: Suite, properties: string): string {
  const { name, timestamp, cases } = suite
  const rendered = cases.map(({ body, ...one }) => {
    const head = `    <testcase${attributes({ name: one.name, classname: one.classname, time: one.seconds.toFixed(3) })}`
    return body === '' ? `${head}/>\n` : `${head}>\n${body}    </testcase>\n`
  })
  return `  <testsuite${attributes({ name, timestamp, ...totals(cases) })}>
    <properties>
${properties}    </properties>
${rendered.join('')}  </testsuite>
`
}

function totals(cases: readonly Case[]): Record<string, string> {
  const count = (outcome: Case['outcome']): string =>
    String(cases.filter((one) => one.outcome === outcome).length)
  const seconds = cases.reduce((total, one) => total + one.seconds, 0)
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds.toFixed(3),
  }
}

function attributes(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join('')
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text that XML 1.0 can hold: control characters removed, bidi overrides shown, markup escaped. */
function xml(text: string): string {
  const allowed = visible(text, 'removed').replace(/[\ufffe\uffff]/g, '')
  return allowed.replace(/[&<>"]/g, (character) => entities[character] ?? '')
}
