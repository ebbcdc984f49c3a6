import { expect, test } from 'vitest'
import { conclusion } from '../doctor.ts'
import type { Finding } from './finding.ts'
import { page, wrap } from './print.ts'

const findings: Finding[] = [
  { name: 'Node', level: 'fine', found: '24.21.0' },
  {
    ...{ name: 'Docker engine', level: 'lack', found: 'none answers' },
    ...{ evidence: 'one\n\ntwo\nthree\nfour\nfive', remedy: 'sudo service docker start' },
  },
  { name: 'cgroup', level: 'unknown', found: 'a Docker engine is needed' },
  { name: 'inotify', level: 'warning', found: 'too low' },
  { name: 'disk', level: 'unknown', found: 'a Docker engine is needed' },
]

test('a page has a line for each finding, and what nothing is known of shares one', () => {
  expect(page(findings, { colour: false, width: 80 })).toBe(
    [
      '✓ Node           24.21.0',
      '✗ Docker engine  none answers',
      '                 | two',
      '                 | three',
      '                 | four',
      '                 | five',
      '                 → sudo service docker start',
      '! inotify        too low',
      '- not checked    cgroup, disk: a Docker engine is needed',
    ].join('\n'),
  )
})

test('colour codes come where they are asked for alone', () => {
  expect(page(findings, { colour: true, width: 80 })).toContain('\u001b[31m✗\u001b[39m')
  expect(page(findings, { colour: false, width: 80 })).not.toContain('\u001b')
})

test('long text goes on under its start, and a command stays in one piece', () => {
  const remedy = `docker pull ${'x'.repeat(60)}`
  const finding: Finding = { name: 'kind', level: 'lack', found: 'it is not here at all', remedy }
  expect(page([finding], { colour: false, width: 20 })).toBe(
    ['✗ kind  it is not', '        here at all', `        → ${remedy}`].join('\n'),
  )
  expect(wrap('a verylongword b', 5)).toEqual(['a', 'verylongword', 'b'])
})

test('the last line names the provider, or what stands in the way of it', () => {
  const [node, docker] = findings as [Finding, Finding]
  expect(conclusion([node], 'kindest/node:v1.34.4')).toBe(
    'rolypoly run would choose kind, with nodes of kindest/node:v1.34.4.',
  )
  expect(conclusion([node, docker], undefined, {})).toBe(
    'rolypoly run would choose a simulated cluster, which proves nothing about a real one: kind needs this mended first: Docker engine.',
  )
  expect(conclusion([node, docker], undefined, { CI: 'true' })).toBe(
    'rolypoly run would choose no provider: kind needs this mended first: Docker engine.\nIn CI a simulated cluster has to be asked for: rolypoly run --cluster simulated.',
  )
  const disk: Finding = { name: 'disk', level: 'lack', found: 'full' }
  expect(conclusion([node, disk], undefined, {})).toBe(
    'rolypoly run would choose kind, and fail: kind needs this mended first: disk.',
  )
})
