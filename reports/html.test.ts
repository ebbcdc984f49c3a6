import { expect, test } from 'vitest'
import { resultSchema } from '../harness/model/result.ts'
import { payloads, withEveryText } from './fixtures/hostile.ts'
import { control, crowded, failedRun, mixed, passed } from './fixtures.ts'
import { renderHtml } from './html.ts'

const all = { mixed, control, failedRun, crowded, passed }

/** The tags of a page with the names of their attributes, in order: what a browser would build. */
function structure(page: string): string[] {
  const tags = page.match(/<[^>]*>/g) ?? []
  return tags.map((tag) => tag.replace(/="[^"]*"/g, '=""'))
}

test.each(Object.entries(all))('the fixture %s is a result', (_, result) => {
  expect(resultSchema.safeParse(result).error).toBeUndefined()
})

for (const [place, wrap] of [
  ['behind', (text: string, payload: string) => `${text}${payload}`],
  ['before', (text: string, payload: string) => `${payload}${text}`],
] as const) {
  test.each(payloads)(`hostile text ${place} every text makes no markup: %j`, (payload) => {
    for (const result of [mixed, control, failedRun]) {
      const hostile = renderHtml(withEveryText(result, (text) => wrap(text, payload)))
      // As many characters and slashes, so that what depends on a text's length or form comes out alike.
      const harmless = payload.replace(/[^/\s-]/gu, 'x')
      const benign = renderHtml(withEveryText(result, (text) => wrap(text, harmless)))
      expect(structure(hostile)).toEqual(structure(benign))
      expect(hostile).not.toMatch(/<script|<img|[\u202a-\u202e\u2066-\u2069]/)
      expect(hostile.replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u)
    }
  })
}

test('links lead to the page itself or into the run’s folder, whatever a path says', () => {
  const [first] = passed.scenarios
  if (!first) throw new Error('no scenario')
  for (const recording of [
    'javascript:alert(1)',
    '//evil.example/x',
    'https://evil.example',
    '../../etc/passwd',
    '/etc/passwd',
  ]) {
    const page = renderHtml({ ...passed, scenarios: [{ ...first, recording }] })
    const links = [...page.matchAll(/<a href="([^"]*)"/g)].map((match) => match[1] ?? '')
    for (const link of links) expect(link).toMatch(/^(#scenario-\d+|\.\/[^:]*)$/)
    expect(links.join('\n')).not.toContain('..')
  }
})

test('the page needs nothing but itself', () => {
  const page = renderHtml(mixed)
  expect(page).not.toMatch(/<script|<link(?! rel="icon" href="data:)|@import|url\((?!#)|src=/)
  expect(page).toContain("default-src 'none'")
})

test('the verdict, the counts, the cluster and the failures come first, the worst before the others', () => {
  const page = renderHtml(mixed)
  const order = [
    'A promise was broken in 1 of 6 scenarios.',
    '<b>1</b> violated',
    'kind · Kubernetes v1.34.4 · 3 nodes · 6 min 32 s',
    'What needs a look',
    'restarted after 42.6 s',
    'The API server of kind-rolypoly-7f3a',
    'was not steady within',
    'All scenarios',
  ]
  const places = order.map((text) => page.indexOf(text))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('failing scenarios are open, the others are folded', () => {
  const page = renderHtml(mixed)
  expect(page.match(/<details class="scenario" open>/g)).toHaveLength(3)
  expect(page.match(/<details class="scenario">/g)).toHaveLength(3)
})

test('every link to a scenario has its target', () => {
  const page = renderHtml(mixed)
  for (const [, anchor] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(`id="${anchor}"`)
})

test('a simulated control run says so in its title, in its strip and in words', () => {
  const page = renderHtml(control)
  expect(page).toContain('<title>violated · Simulated cluster · Control run')
  expect(page).toContain('<div class="stamp-strip">Simulated cluster · Control run</div>')
  expect(page).toContain('this proves nothing about a real one')
  expect(page).toContain('held although the fault was left out')
  expect(page).toContain('deleteNode left out')
  expect(page).not.toContain('no receipt')
  expect(renderHtml(passed)).not.toContain('<div class="stamp-strip">')
})

test('a fault without a receipt is called out', () => {
  const [first] = passed.scenarios
  if (!first) throw new Error('no scenario')
  const faults = first.faults.map((fault) => ({ ...fault, receipt: null }))
  const page = renderHtml({
    ...passed,
    scenarios: [{ ...first, verdict: 'inconclusive', faults, claims: [] }],
  })
  expect(page).toContain('<strong class="loud">no receipt</strong>')
  expect(page).toContain('left no receipt: nothing proves that it landed.')
})

test('a run that failed before its first scenario says why and what to do', () => {
  const page = renderHtml(failedRun)
  expect(page).toContain('No Docker engine answers at unix:///var/run/docker.sock.')
  expect(page).toContain('Start Docker, or choose --cluster simulated.')
  expect(page).toContain('no cluster')
})

test('the terms of a window are a sum, and a window that is none says so', () => {
  expect(renderHtml(passed)).toContain(
    '<th>Sum</th><td class="number">10.0 s</td><td class="number">17.4 s</td>',
  )
  const [first] = passed.scenarios
  const claim = first?.claims[0]
  if (!first || !claim?.predicted) throw new Error('no prediction')
  const predicted = { ...claim.predicted, latestMs: 30_000 }
  const page = renderHtml({ ...passed, scenarios: [{ ...first, claims: [{ ...claim, predicted }] }] })
  expect(page).toContain('the window is 10.0 s – 30.0 s')
})

test('a long diagnostic keeps its end', () => {
  const [first] = passed.scenarios
  if (!first) throw new Error('no scenario')
  const diagnostics = [{ subject: 'Pod/a/b', what: 'logs', text: `first${'x'.repeat(300_000)}last` }]
  const page = renderHtml({ ...passed, scenarios: [{ ...first, diagnostics }] })
  expect(page).toContain('xlast</pre>')
  expect(page).not.toContain('firstx')
  expect(page).toContain('characters are left off')
})
