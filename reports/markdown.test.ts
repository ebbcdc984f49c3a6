import { expect, test } from 'vitest'
import type { ShutdownResult } from '../harness/model/result.ts'
import { payloads, withEveryText } from './fixtures/hostile.ts'
import { control, failedRun, mixed, passed, stops } from './fixtures.ts'
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

test('below a broken promise stands why, and how the pods stopped', () => {
  const text = renderMarkdown(stops)
  expect(text).toMatch(
    /\n- <code>toLoseRequests\(.*2 reset\.\n {2}- 7 requests lost on new connections, 0\.1/,
  )
  expect(text).toMatch(
    /\n- <code>toShutDownGracefully.*\n {2}- kubia-5f6b7d9c8-x8k2v: told .*\n {2}- Against run /,
  )
})

test('how the other pods stopped follows, one line each, what has changed before what has not', () => {
  const [, list] = renderMarkdown(stops).split('### How pods stopped\n\n')
  expect(list?.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^- web-7c9d5b8f4-lq2ws: told .* Against run .*: no difference that matters\.$/),
    expect.stringMatching(/^- web-7c9d5b8f4-n0d3x: told to stop by a signal that was not seen/),
  ])
  const [, well] = stops.scenarios
  const [stop] = well?.shutdowns ?? []
  if (!well || !stop?.before) throw new Error('no stop')
  const slower: ShutdownResult = { ...stop, subject: 'Pod/shop/slow', graceMs: 60_000 }
  const shutdowns = [stop, slower, { ...stop, subject: 'Pod/shop/bad', late: { answered: 0, lost: 1 } }]
  const lines = renderMarkdown({ ...stops, scenarios: [{ ...well, shutdowns }] }).split('\n')
  const names = lines.flatMap((line) => /^- ([\w-]+): told/.exec(line)?.[1] ?? [])
  expect(names).toEqual(['bad', 'slow', 'web-7c9d5b8f4-lq2ws'])
})

test('a passed run has no list of failures', () => {
  expect(renderMarkdown(passed)).not.toContain('###')
})

test.each(payloads)('hostile text keeps the lines and makes no markup: %j', (payload) => {
  const shape = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => `${/^(#+ |> \*\*|\*\*|- |\||)/.exec(line)?.[0]}${line.match(/\|/g)?.length ?? 0}`)
  const places = [(text: string, more: string) => text + more, (text: string, more: string) => more + text]
  for (const wrap of places) {
    for (const result of [mixed, stops]) {
      const hostile = renderMarkdown(withEveryText(result, (text) => wrap(text, payload)))
      const benign = renderMarkdown(withEveryText(result, (text) => wrap(text, 'x')))
      expect(shape(hostile)).toEqual(shape(benign))
      expect(hostile.replace(/<\/?code>/g, '')).not.toMatch(/[<`[\]]|:\/\/|@\w|#\d+(?!;|\d)|www\./)
      expect(hostile.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    }
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
