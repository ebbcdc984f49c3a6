import { expect, test } from 'vitest'
import type { Observation } from '../../../model/observation.ts'
import { pod, watched } from '../../../timeline/testing.ts'
import { pack, unpack } from './packing.ts'

test('of an object that was seen before only the change is kept, where that says it all', () => {
  const seen: Observation[] = [
    watched('Pod', 1, pod({ phase: 'Pending', name: 'a' }), 'ADDED'),
    { source: 'step', atMs: 2, untilMs: 3, step: 'a hold' },
    watched('Pod', 4, pod({ phase: 'Running', name: 'a' })),
    // A patch would take `x` away.
    watched('Pod', 5, { ...pod({ name: 'a' }), x: null }),
    watched('Pod', 6, pod({ name: 'a' }), 'DELETED'),
    watched('Pod', 7, pod({ name: 'b' }), 'ADDED'),
  ]
  const packed = pack(seen)
  expect(packed[2]).toEqual({
    ...{ source: 'watch', atMs: 4, kind: 'Pod', type: 'MODIFIED', uid: 'a' },
    change: { status: { phase: 'Running' } },
  })
  expect(packed.map((line) => 'change' in line)).toEqual([false, false, true, false, true, false])
  expect(unpack(JSON.parse(JSON.stringify(packed)))).toEqual(JSON.parse(JSON.stringify(seen)))
})
