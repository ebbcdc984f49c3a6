import { expect, test } from 'vitest'
import { payloads, withEveryText } from './fixtures/hostile.ts'
import { control, failedRun, mixed, passed, stops } from './fixtures.ts'
import { renderJunit } from './junit.ts'

/** The elements of a document, checked for being well-formed as far as this one can get it wrong. */
function elements(xml: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = []
  const open: string[] = []
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  const rest = body.replace(
    /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
    (_, close, name, attributes, empty) => {
      if (close) expect(open.pop()).toBe(name)
      else {
        const pairs = [...String(attributes).matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [
          key,
          value,
        ])
        found.push({ name, attributes: Object.fromEntries(pairs) })
        if (!empty) open.push(name)
      }
      return ''
    },
  )
  expect(open).toEqual([])
  expect(rest).not.toMatch(/[<>]/)
  expect(body.replace(/&(amp|lt|gt|quot|#10|#9);/g, '')).not.toContain('&')
  expect(body).toMatch(/^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
  return found
}

test('a suite for each file, a case for each scenario', () => {
  const found = elements(renderJunit(mixed))
  const suites = found.filter(({ name }) => name === 'testsuite')
  expect(suites.map(({ attributes }) => [attributes.name, attributes.tests, attributes.failures])).toEqual([
    ['scenarios/liveness.scenario.ts', '2', '1'],
    ['scenarios/node-loss.exclusive.scenario.ts', '1', '0'],
    ['scenarios/rollout.scenario.ts', '1', '0'],
    ['scenarios/drain.exclusive.scenario.ts', '1', '0'],
    ['scenarios/memory.scenario.ts', '1', '0'],
  ])
  const [whole] = found
  expect(whole?.attributes).toMatchObject({ tests: '6', failures: '1', errors: '2', skipped: '1' })
  const first = found.find(({ name }) => name === 'testcase')
  expect(first?.attributes).toEqual({
    name: 'a container whose liveness endpoint fails is restarted in place',
    classname: 'scenarios/liveness.scenario.ts',
    time: '88.400',
  })
})

test('violated is a failure, error and inconclusive are errors, skipped says why', () => {
  const found = elements(renderJunit(mixed))
  const outcomes = found.filter(({ name }) => ['failure', 'error', 'skipped'].includes(name))
  expect(outcomes.map(({ name, attributes }) => [name, attributes.type])).toEqual([
    ['failure', 'violated'],
    ['error', 'inconclusive'],
    ['error', 'error'],
    ['skipped', undefined],
  ])
  expect(outcomes[0]?.attributes.message).toMatch(/^app had to restart within 17.4 s/)
  expect(outcomes[3]?.attributes.message).toMatch(/^The cluster lacks/)
  expect(renderJunit(mixed)).toContain('toLoseRequests({ atMost: 0 }): No request was to be lost')
})

test('the text of a failure has why requests were lost and how the pods stopped, its message stays short', () => {
  const xml = renderJunit(stops)
  const [failure] = elements(xml).filter(({ name }) => name === 'failure')
  expect(failure?.attributes.message).not.toContain('told to stop')
  expect(xml).toContain('\n  kubia-5f6b7d9c8-x8k2v: told to stop by SIGTERM, lost 2 of 5')
  expect(xml).toContain('7 refused, 2 reset.\n  7 requests lost on new connections, 0.1–0.9 s after')
  expect(xml).toContain('\n  machine: API writes 910 ms')
})

test('a run that failed has an error, with or without scenarios', () => {
  for (const result of [failedRun, { ...failedRun, scenarios: passed.scenarios }]) {
    const errors = elements(renderJunit(result)).filter(({ name }) => name === 'error')
    expect(errors.map(({ attributes }) => attributes.message)).toEqual([
      'No Docker engine answers at unix:///var/run/docker.sock.',
    ])
  }
})

test('a run that judged nothing is skipped, never an empty success', () => {
  const found = elements(
    renderJunit({ ...passed, run: { ...passed.run, verdict: 'skipped' }, scenarios: [] }),
  )
  expect(found.filter(({ name }) => name === 'skipped')).toHaveLength(1)
})

test('a run worse than its scenarios is not taken for a good one', () => {
  const found = elements(renderJunit({ ...passed, run: { ...passed.run, verdict: 'error' } }))
  expect(found.filter(({ name }) => name === 'error')).toHaveLength(1)
})

test('control mode and a simulated cluster are in the message', () => {
  const [failure] = elements(renderJunit(control)).filter(({ name }) => name === 'failure')
  expect(failure?.attributes.message).toMatch(
    /^\[Simulated cluster: .*\] \[Control run: the faults were left out/,
  )
})

test.each(payloads)('hostile text makes no markup: %j', (payload) => {
  const names = (xml: string): string[] =>
    elements(xml).map(({ name, attributes }) => [name, ...Object.keys(attributes)].join())
  for (const result of [mixed, stops]) {
    const plain = renderJunit(result)
    expect(names(renderJunit(withEveryText(result, (text) => text + payload)))).toEqual(names(plain))
    expect(names(renderJunit(withEveryText(result, (text) => payload + text)))).toEqual(names(plain))
  }
})
