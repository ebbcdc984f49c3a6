import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interval } from '../model/interval.ts'
import { fuzz, mangled } from '../model/testing.ts'
import { CpuPressure } from './cpu-pressure.ts'
import { readLogLine } from './logs.ts'
import { readProberLine } from './prober-lines.ts'
import { readRoute } from './routes.ts'
import { readJournal } from './runtime.ts'

// What runs on a node or in a pod prints these. Whatever comes, it is read or left out, and no time is none.

/** Every number in it is one, so that it comes through JSON the same. */
function comesThroughJson(value: unknown): void {
  expect(JSON.parse(JSON.stringify(value))).toEqual(value)
}

test('lines of the prober', () => {
  const lines = [
    '{"t":1700000000000,"names":["web-1"],"rows":[[0,1.5,2.5,40000,0,200,0],[1,20,3,40001,1,"reset",-1,12000]]}',
    '{"t":1700000000000,"names":["http://10.244.1.2:8080/","http://[fd00::1]:80/"],"rows":[[7,1,2,4,2,503,0]]}',
    '{"t":1,"names":["no address"],"rows":[[7,1,2,4,2,503,0]]}',
  ]
  fuzz(fc.property(mangled(...lines), (line) => comesThroughJson(readProberLine(line))))
})

const id = 'a'.repeat(64)
const container = {
  ...{ kind: 'container-running', subject: 'Pod/shop/web-1/app', uid: 'u', fromMs: 0, toMs: null },
  detail: { container: 'app', containerID: `containerd://${id}` },
} as unknown as Interval<'container-running'>

test('lines of the runtime’s journal', () => {
  const lines = [
    `time="2026-11-21T12:35:05.5Z" level=info msg="Stop container \\"${id}\\" with signal terminated"`,
    `time="2026-11-21T12:35:05.5Z" level=info msg="Kill container \\"${id}\\""`,
    `time="x" msg="received exit event container_id:\\"${id}\\" exit_status:137 exited_at:{seconds:1700000000 nanos:5}"`,
  ]
  fuzz(fc.property(mangled(...lines), (line) => comesThroughJson(readJournal(line, container, 0))))
})

test('lines of the connection tracking', () => {
  const way = 'src=10.244.0.9 dst=10.96.1.1 sport=40000 dport=80 [UNREPLIED] src=10.244.1.12 dst=10.244.0.9'
  const lines = [
    `[1700000000.123456]  [NEW] tcp 6 120 SYN_SENT ${way} sport=8080`,
    `tcp 6 120 ESTABLISHED ${way}`,
  ]
  fuzz(fc.property(mangled(...lines), (line) => comesThroughJson(readRoute(line) ?? null)))
})

test('a port or a time that none can be is none', () => {
  const rest = 'dst=10.96.1.1 sport=40000 src=10.244.1.12'
  expect(readRoute(`[${'9'.repeat(400)}.1] [NEW] tcp src=10.244.0.9 ${rest}`)?.epochMs).toBeUndefined()
  expect(
    readRoute(`tcp src=10.244.0.9 dst=10.96.1.1 sport=${'9'.repeat(400)} src=10.244.1.12`),
  ).toBeUndefined()
})

test('lines of a log', () => {
  const lines = [
    '2026-11-21T12:35:05.546749457Z webapl web-1 listens',
    '2026-11-21T12:35:05Z',
    '2026-11-21T99:99:99Z x',
  ]
  fuzz(fc.property(mangled(...lines), (line) => comesThroughJson(readLogLine(line, 0) ?? null)))
})

test('a log line comes out as it was written', () => {
  fuzz(
    fc.property(fc.string({ unit: 'binary' }), (line) => {
      expect(readLogLine(`2026-11-21T12:35:05.5Z ${line}`, 0)?.line).toBe(line)
    }),
  )
})

test('lines of the pressure on the CPUs are shares, or nothing', () => {
  const line = '12.5 some avg10=0.00 avg60=0.00 avg300=0.00 total=1500 running=3/4'
  const later = '14.5 some avg10=0.00 avg60=0.00 avg300=0.00 total=900 running=3/0'
  fuzz(
    fc.property(fc.array(mangled(line, later), { maxLength: 5 }), (lines) => {
      const pressure = new CpuPressure()
      for (const one of lines) pressure.heard(one)
      const { cpuWaiting = 0, cpuQueue = 0 } = pressure.use()
      expect(cpuWaiting).toBeGreaterThanOrEqual(0)
      expect(cpuWaiting).toBeLessThanOrEqual(1)
      expect(Number.isFinite(cpuQueue)).toBe(true)
    }),
  )
})
