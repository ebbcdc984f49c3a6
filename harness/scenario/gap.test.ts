import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { respond } from '../claims/claim.ts'
import { ledgerOf } from '../claims/ledger.ts'
import { judgeRestarted } from '../claims/to-restart.ts'
import { realClock } from '../cluster/clock.ts'
import type { Kube, ListRef, WatchEnd } from '../cluster/kube.ts'
import { openRecorder } from '../observe/recorder.ts'
import { fakeStage, pod, running } from '../timeline/testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-gap-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a claim that is judged on what is listed after a gap knows of the gap', async () => {
  const first = { ...pod({ containers: { app: running('id1') } }), apiVersion: 'v1', kind: 'Pod' }
  const watching = Promise.withResolvers<WatchEnd>()
  let lists = 0
  const kube = {
    list: async ({ kind }: ListRef) => {
      const isThere = kind === 'Pod' && lists++ === 0
      return { items: isThere ? [first] : [], resourceVersion: '1' }
    },
    watch: ({ kind }: ListRef) =>
      kind === 'Pod' && lists === 1 ? watching.promise : new Promise(() => undefined),
  } as unknown as Kube
  const clock = realClock
  const path = join(folder, 'recording.jsonl')
  const recorder = await openRecorder({ kube, clock, namespace: 'shop', path })
  const stage = fakeStage(recorder, {
    ...{ number: 0, kind: 'killContainer', target: 'Pod/shop/web-1/app', injectedAtMs: recorder.now() },
    effect: { does: 'signal', podUid: 'web-1', container: 'app', signal: 'SIGKILL' },
    ...{ receipt: null, revertedAtMs: undefined },
  })
  const claim = respond({
    ...{ stage, statement: 'toRestart()', subject: 'Pod/shop/web-1/app', promise: 'to restart' },
    ...{ judge: judgeRestarted({ faults: [] }, 'web-1', 'app', 1, {}), rests: ['Pod'], within: '5s' },
    predict: () => undefined,
  })
  watching.resolve({ why: 'expired' })
  await claim
  await recorder[Symbol.asyncDispose]()
  expect(ledgerOf(stage).entries[0]?.result).toMatchObject({
    verdict: 'inconclusive',
    message: expect.stringContaining('the watch of Pod has a gap'),
  })
})
