import { expect, test } from 'vitest'
import { CpuPressure } from './cpu-pressure.ts'

const line = (up: string, total: number, more = '') =>
  `${up} some avg10=4.27 avg60=7.29 avg300=8.61 total=${total}${more}`

function heard(...lines: string[]): CpuPressure {
  const cpu = new CpuPressure()
  for (const text of lines) cpu.heard(text)
  return cpu
}

test('one reading tells nothing yet', () => {
  expect(heard().use().cpuWaiting).toBeUndefined()
  expect(heard(line('13535.26', 2_505_554_974)).use().cpuWaiting).toBeUndefined()
})

test('it is the growth of the total over the time by the node, from when it was last asked', () => {
  const cpu = heard(line('100.00', 1_000_000), line('102.00', 1_500_000), line('104.00', 2_000_000))
  expect(cpu.use().cpuWaiting).toBeCloseTo(0.25)
  cpu.heard(line('106.00', 4_000_000))
  expect(cpu.use().cpuWaiting).toBeCloseTo(1)
})

test('nothing is told twice', () => {
  const cpu = heard(line('100.00', 0), line('102.00', 500_000))
  expect(cpu.use().cpuWaiting).toBeCloseTo(0.25)
  expect(cpu.use().cpuWaiting).toBeUndefined()
})

test('the clocks of uptime and total differ by a little: more than the whole time is the whole', () => {
  expect(heard(line('100.00', 0), line('102.00', 2_010_000)).use().cpuWaiting).toBe(1)
})

test('what is not a reading is passed over', () => {
  const cpu = heard(line('100.00', 0), 'bash: line 1: /proc/pressure/cpu: No such file or directory')
  cpu.heard('full avg10=0.00 avg60=0.00 avg300=0.00 total=0')
  expect(cpu.use().cpuWaiting).toBeUndefined()
})

test('the tasks for each CPU are the mean of what was told since it was last asked', () => {
  const cpu = heard(line('100.00', 0, ' running=58/40'), line('102.00', 0, ' running=102/40'))
  expect(cpu.use().cpuQueue).toBeCloseTo(2)
  expect(cpu.use()).toEqual({})
  cpu.heard(line('104.00', 0, ' running=0/40'))
  expect(cpu.use().cpuQueue).toBe(0)
  cpu.heard(line('106.00', 0))
  expect(cpu.use()).toEqual({ cpuWaiting: 0 })
})
