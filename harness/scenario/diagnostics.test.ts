import { expect, test } from 'vitest'
import type { LogObservation } from '../model/observation.ts'
import { ended, pod, running, timelineOf, watched } from '../timeline/testing.ts'
import { previousLogs } from './diagnostics.ts'

const wrote = (atMs: number, line: string, containerID: string): LogObservation => ({
  ...{ source: 'log', atMs, podUid: 'web-1', subject: 'Pod/shop/web-1/app', container: 'app' },
  ...{ containerID, line },
})
const seen = (atMs: number, app: ReturnType<typeof running>) =>
  watched('Pod', atMs, pod({ containers: { app } }))

test('what the incarnation before wrote is kept, and not what the last one did', () => {
  const lines = [wrote(2, 'I fall ill', 'id1'), wrote(3, 'exit 0', 'id1'), wrote(6, 'I am back', 'id2')]
  const first = seen(1, running('id1'))
  expect(previousLogs(timelineOf(first, ...lines))).toEqual([])
  const second = seen(5, running('id2', 1, ended('id1', 0)))
  expect(previousLogs(timelineOf(first, second, ...lines))).toEqual([
    { subject: 'Pod/shop/web-1/app', what: 'previous logs', text: 'I fall ill\nexit 0\n' },
  ])
})

test('of a container whose log nobody read there is nothing to keep', () => {
  const restarted = [seen(1, running('id1')), seen(5, running('id2', 1, ended('id1', 0)))]
  expect(previousLogs(timelineOf(...restarted))).toEqual([])
})

test('the end of a container that nothing followed leaves its log where it was', () => {
  const over = watched('Pod', 5, pod({ containers: { app: { restartCount: 0, state: ended('id1', 0) } } }))
  expect(previousLogs(timelineOf(seen(1, running('id1')), wrote(2, 'done', 'id1'), over))).toEqual([])
})
