import { expect, test } from 'vitest'
import { payloads, withEveryText } from './fixtures/hostile.ts'
import { control, failedRun, mixed, passed } from './fixtures.ts'
import { renderMarkdown } from './markdown.ts'

test('the verdict, then the table with the failures first, then what was seen', () => {
  const text = renderMarkdown(mixed)
  expect(text.split('\n')[0]).toBe('## ✗ rolypoly: violated')
  const verdicts = text.split('\n').flatMap((line) => /^\| . (\w+) \|/.exec(line)?.[1] ?? [])
  expect(verdicts).toEqual(['violated', 'error', 'inconclusive', 'passed', 'passed', 'skipped'])
  expect(text).toContain(
    '- <code>toRestart({ times: 1 })</code> app had to restart within 17.4 s of the receipt',
  )
})

test('control mode and a simulated cluster are stamped', () => {
  const text = renderMarkdown(control)
  expect(text).toContain('> **SIMULATED CLUSTER**: no Kubernetes was run')
  expect(text).toContain('> **CONTROL RUN**: the faults were left out')
  expect(text).toContain('held although the fault was left out')
})

test('a run that failed says what to do', () => {
  expect(renderMarkdown(failedRun)).toContain('Start Docker, or choose --cluster simulated.')
})

test('a passed run has no list of failures', () => {
  expect(renderMarkdown(passed)).not.toContain('###')
})

test.each(payloads)('hostile text keeps the lines and makes no markup: %j', (payload) => {
  const shape = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => `${/^(#+ |> \*\*|\*\*|- |\||)/.exec(line)?.[0]}${line.match(/\|/g)?.length ?? 0}`)
  for (const change of [(text: string) => text + payload, (text: string) => payload + text]) {
    const hostile = renderMarkdown(withEveryText(mixed, change))
    expect(shape(hostile)).toEqual(shape(renderMarkdown(mixed)))
    expect(hostile.replace(/<\/?code>/g, '')).not.toMatch(/[<`[\]]|:\/\/|@\w|#\d+(?!;|\d)|www\./)
    expect(hostile.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  }
})

test('what begins like a list, a heading or a quotation is text', () => {
  for (const title of ['- item', '+ item', '1. item', '# heading', '> quotation', '=== rule']) {
    const scenarios = mixed.scenarios.map((scenario) => ({ ...scenario, skippedBecause: title }))
    const line =
      renderMarkdown({ ...mixed, scenarios })
        .trimEnd()
        .split('\n')
        .at(-1) ?? ''
    expect(line).not.toContain(`- ${title}`)
  }
})
