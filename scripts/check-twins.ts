// Holds a run of scenarios/broken against what each title says that it must come to:
//
//   violates <claim>: ...        violated by that claim and no other, with the subject and the time in its message
//   error "<words>": ...         the harness's own error, one sentence that holds these words
//   inconclusive "<words>": ...  not judged, with these words
//
//   node scripts/check-twins.ts <the run's folder>
import type { ScenarioResult } from '../harness/model/result.ts'
import { readResult } from '../reports/write.ts'

const [folder = ''] = process.argv.slice(2)
const { scenarios } = await readResult(folder)
let failed = 0
for (const scenario of scenarios) {
  const wrong = wrongWith(scenario)
  if (wrong) failed += 1
  console.log(`${wrong ? 'failed' : 'passed'}  ${scenario.title}${wrong ? `\n  ${wrong}` : ''}`)
}
console.log(`${scenarios.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && scenarios.length > 0 ? 0 : 1

function wrongWith({ title, verdict, claims, error }: ScenarioResult): string | undefined {
  const violates = /^violates ([^:]+):/.exec(title)?.[1]
  if (violates) {
    if (verdict !== 'violated') return `it is ${verdict}: ${error?.message ?? 'nothing was violated'}`
    const broken = claims.filter((claim) => claim.verdict === 'violated')
    const other = broken.find(({ statement }) => !statement.startsWith(violates))
    if (other) return `${other.statement} was violated instead: ${other.message}`
    const vague = broken.find(({ message, subject }) => !message.startsWith(subject))
    if (vague) return `the message does not begin with its subject: ${vague.message}`
    const timeless = broken.find(({ message, anchor }) => anchor && !/ at \d+\.\d\d s/.test(message))
    return timeless && `the message does not say when: ${timeless.message}`
  }
  const [, expected, words] = /^(error|inconclusive) "(.+)":/.exec(title) ?? []
  if (!expected || !words) return 'its title does not say what it must come to'
  if (verdict !== expected) return `it is ${verdict}`
  const message = error?.message ?? ''
  if (!message.includes(words)) return `its message is: ${message}`
  return message.includes('\n') ? `its message is more than one sentence: ${message}` : undefined
}
