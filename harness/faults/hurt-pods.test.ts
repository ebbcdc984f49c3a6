import { expect, test } from 'vitest'
import { HurtPeak } from './hurt-pods.ts'

test('a rehearsal refuses nothing, and notes the most that were hurt at once', async () => {
  const noted = { hurtAtOnce: 0 }
  const peak = new HurtPeak(noted)
  await peak.take('failProbe', ['p1', 'p2'])
  await peak.take('killPod', ['p2', 'p3'])
  await peak.give(['p1', 'p2'])
  await peak.take('killPod', ['p4'])
  expect(noted.hurtAtOnce).toBe(3)
  await peak.close()
  await peak.take('killPod', ['p5', 'p6', 'p7'])
  expect(noted.hurtAtOnce).toBe(3)
  await peak.take('killPod', ['p8'])
  expect(noted.hurtAtOnce).toBe(4)
})
