import { expect, test } from 'vitest'
import { judgeLeftovers } from './leftovers.ts'

const hourMs = 3_600_000
const found = (name: string, ageHours = 1) => ({ name, createdMs: -ageHours * hourMs })

test('nothing, live runs, kept clusters and young strangers are no leftovers', () => {
  expect(judgeLeftovers([], [], 0)).toEqual({ level: 'fine', found: 'no cluster of a dead run' })
  const clusters = [found('live', 9), found('kept', 9), found('kept-too', 9), found('stranger', 2.9)]
  const known = [
    { cluster: 'live', kept: false, alive: true },
    { cluster: 'kept', kept: true, alive: false },
    { cluster: 'kept-too', kept: true, alive: false },
    { cluster: 'gone', kept: false, alive: false },
  ]
  expect(judgeLeftovers(clusters, known, 0)).toEqual({
    level: 'fine',
    found: "no cluster of a dead run; 1 of a live run, 2 kept for reuse, 1 perhaps another user's",
  })
})

test("the cluster of a dead run, and one that is nobody's, are named with the sweep", () => {
  const known = [{ cluster: 'dead', kept: false, alive: false }]
  expect(judgeLeftovers([found('dead'), found('stranger', 3.1)], known, 0)).toEqual({
    level: 'warning',
    found: '2 clusters of dead runs: dead, stranger',
    remedy: 'npx rolypoly sweep',
  })
})
