import { expect, test } from 'vitest'
import { CpuPressure } from './cpu-pressure.ts'

const line = (up: string, total: number) => `${up} some avg10=4.27 avg60=7.29 avg300=8.61 total=${total}`

function heard(...lines: string[]): CpuPressure {
  const cpu = new CpuPressure()
  for (const text of lines) cpu.heard(text)
  return cpu
}

test('one reading tells nothing yet', () => {
  expect(heard().share()).toBeUndefined()
  expect(heard(line('13535.26', 2_505_554_974)).share()).toBeUndefined()
})

test('it is the growth of the total over the time by the node, from when it was last asked', () => {
  const cpu = heard(line('100.00', 1_000_000), line('102.00', 1_500_000), line('104.00', 2_000_000))
  expect(cpu.share()).toBeCloseTo(0.25)
  cpu.heard(line('106.00', 4_000_000))
  expect(cpu.share()).toBeCloseTo(1)
})

test('nothing is told twice', () => {
  const cpu = heard(line('100.00', 0), line('102.00', 500_000))
  expect(cpu.share()).toBeCloseTo(0.25)
  expect(cpu.share()).toBeUndefined()
})

test('the clocks of uptime and total differ by a little: more than the whole time is the whole', () => {
  expect(heard(line('100.00', 0), line('102.00', 2_010_000)).share()).toBe(1)
})

test('what is not a reading is passed over', () => {
  const cpu = heard(line('100.00', 0), 'bash: line 1: /proc/pressure/cpu: No such file or directory')
  cpu.heard('full avg10=0.00 avg60=0.00 avg300=0.00 total=0')
  expect(cpu.share()).toBeUndefined()
})
