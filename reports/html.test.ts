import { expect, test } from 'vitest'
import { resultSchema } from '../harness/model/result.ts'
import { payloads, withEveryText } from './fixtures/hostile.ts'
import { control, crowded, failedRun, mixed, passed, stops } from './fixtures.ts'
import { renderHtml } from './html.ts'

const all = { mixed, control, failedRun, crowded, passed, stops }

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
    for (const result of [mixed, control, failedRun, stops]) {
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

test('what came before its anchor says so, in its figure, its bar and its lane', () => {
  const page = renderHtml({
    ...passed,
    scenarios: passed.scenarios.map((scenario) => ({
      ...scenario,
      claims: scenario.claims.map((claim) => ({ ...claim, ...(claim.anchor && { measuredMs: -8.2 }) })),
    })),
  })
  for (const told of [
    '<b>8 ms before</b>',
    'measured 8 ms before, inside',
    'measured 8 ms before the anchor',
  ])
    expect(page).toContain(told)
  expect(page).not.toContain('-8 ms')
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

test('what was waited for together has its times one by one', () => {
  const [first] = passed.scenarios
  const [claim] = first?.claims ?? []
  if (!first || !claim) throw new Error('no claim')
  const reached = [
    { what: 'desired', ms: -4_000 },
    { what: 'ready', ms: 2_300 },
  ]
  const page = renderHtml({ ...passed, scenarios: [{ ...first, claims: [{ ...claim, reached }] }] })
  expect(page).toContain('<div class="dim">desired before, ready after 2.3 s</div>')
})

test('the terms that Kubernetes sets are told from those that the machine takes, with their sums', () => {
  const page = renderHtml(stops)
  expect(page).toContain('<title>Kubernetes</title><rect class="kubernetes"')
  expect(page).toContain('Kubernetes’ own periods, 1.0 s – 31.0 s</li>')
  expect(page).toContain('what the machine takes, 0 ms – 900 ms</li>')
  expect(renderHtml(passed)).not.toContain('Kubernetes’ own periods')
})

test('why requests were lost stands at the top, in the scenario and beside the traffic, once for all claims', () => {
  const page = renderHtml(stops)
  expect(page.match(/a preStop sleep of 3 s would have covered it/g)).toHaveLength(3)
  expect(page.indexOf('a preStop sleep of 3 s')).toBeLessThan(page.indexOf('All scenarios'))
  expect(page).toContain(
    '<span>No request was to be lost, and 9 of 21 340 were: 7 refused, 2 reset.</span><ul class="why"><li>7',
  )
})

test('the losses have the columns that something is known for', () => {
  const page = renderHtml(stops)
  expect(page).toContain('<th>Its endpoint then</th><th class="number">Since signal</th>')
  expect(page).toContain('reused <span class="dim">12.0 s old</span>')
  expect(page).not.toContain('0 ms old')
  expect(page).toContain('kubia-5f6b7d9c8-x8k2v <span class="dim">by its node’s route</span>')
  expect(renderHtml(mixed)).not.toContain('Since signal')
})

test('the traffic line has the latency', () => {
  expect(renderHtml(stops)).toContain(
    '; answered in 2.4 ms <span class="dim">(p50), p95 7.1 ms, p99 23 ms, max 1.0 s</span>',
  )
  expect(renderHtml(mixed)).not.toContain('answered in')
})

test('how busy the machine was is a quiet line, or a loud one, or part of what was found', () => {
  const page = renderHtml(stops)
  expect(page.match(/<p class="noise dim">machine: API writes 12 ms/g)).toHaveLength(2)
  expect(page.match(/machine: API writes 910 ms/g)).toHaveLength(2)
  const [violated, , busy] = stops.scenarios
  if (!violated || !busy) throw new Error('no scenario')
  const both = { ...violated, claims: [...violated.claims, ...busy.claims] }
  expect(renderHtml({ ...stops, scenarios: [both] })).toContain(
    '<p class="noise inconclusive"><strong>machine',
  )
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
