import { expectTypeOf, expect as plain, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import {
  ended,
  FakeRecording,
  fakeStage,
  pod,
  replicated,
  running,
  slice,
  watched,
} from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { ledgerOf } from './ledger.ts'
import { expect } from './matchers.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [{ name: 'web', selector: { app: 'web' } }] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'deploy', replicas: 2 }],
}
const spec = {
  terminationGracePeriodSeconds: 5,
  containers: [{ name: 'app', livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } }],
}
const killed: FaultRecord = {
  ...{ number: 0, kind: 'killContainer', target: 'Pod/shop/web-1/app', injectedAtMs: 1_000 },
  effect: { does: 'signal', podUid: 'web-1', container: 'app', signal: 'SIGKILL' },
  ...{ receipt: { atMs: 1_100, observedBy: 'watch of pods', evidence: '' }, revertedAtMs: undefined },
}

const steady: Observation[] = [
  { source: 'workload', atMs: 10, workload: shape },
  watched('Deployment', 20, replicated('deploy', 2)),
  watched('ReplicaSet', 20, replicated('rs', 2, 2, 'deploy')),
  ...['web-1', 'web-2'].map((name) => watched('Pod', 30, pod({ name }))),
  watched('EndpointSlice', 40, slice('s', [{ of: 'web-1' }, { of: 'web-2' }])),
]
const down = pod({ ready: false, containers: { app: { restartCount: 0, state: ended('web-1-id1') } } })
const up = pod({ containers: { app: running('id2', 1, ended('web-1-id1')) } })
const restart: Observation[] = [
  watched('Pod', 1_100, down),
  watched('EndpointSlice', 1_200, slice('s', [{ of: 'web-1', ready: false }, { of: 'web-2' }])),
  watched('Pod', 2_100, up),
  watched('EndpointSlice', 2_200, slice('s', [{ of: 'web-1' }, { of: 'web-2' }])),
]

function deployed(coming: Observation[] = restart) {
  const recording = new FakeRecording(...steady, ...coming)
  recording.passUntil(1_000)
  const stage = fakeStage(recording, killed)
  const app = new Workload(stage, shape, spec)
  const podOf = (name: string) => {
    const metadata = { name, namespace: 'shop', uid: name }
    return new Pod(app, { metadata, spec: { ...spec, nodeName: 'n1' } })
  }
  const claims = async () => {
    recording.passUntil(60_000)
    await ledgerOf(stage).close()
    return ledgerOf(stage).entries.map(({ result }) => `${result.verdict}: ${result.message}`)
  }
  return { app, pod: podOf('web-1'), other: podOf('web-2'), stage, claims }
}

test('claims are written down as they were made, and judged from the recording', async () => {
  const { app, pod: hurt, other, stage, claims } = deployed()
  await expect(hurt).toRestart({ times: 1, exitCode: 137 })
  await expect(hurt).toExit({ code: 137 })
  await expect(hurt).toLeaveEndpoints()
  await expect(hurt).toJoinEndpoints()
  await expect(app).toRecover()
  await expect(other).toStayUp()
  await expect(app).toKeepAvailable({ atLeast: 1 })
  plain(await claims()).toEqual([
    'passed: Pod/shop/web-1/app: restarted after exit code 137 (Error) 1.0 s after killContainer landed',
    'passed: Pod/shop/web-1/app: exited with exit code 137 (Error) 0 ms after killContainer landed',
    plain.stringMatching(
      /^passed: Pod\/shop\/web-1: left the endpoints of Service web \(ready false at 1\.20 s/,
    ),
    'passed: Pod/shop/web-1: was a ready endpoint of Service web again 1.1 s after killContainer landed',
    'passed: Deployment/shop/web: every replica was ready and in its Service 1.1 s after killContainer landed',
    'passed: Pod/shop/web-2: stayed up from 1.00 s to 60.00 s',
    'passed: Deployment/shop/web: never fewer than 1 were available from 1.00 s to 60.00 s',
  ])
  plain(
    ledgerOf(stage)
      .entries.map(({ result }) => result.statement)
      .slice(0, 3),
  ).toEqual([...['toRestart({ times: 1, exitCode: 137 })', 'toExit({ code: 137 })', 'toLeaveEndpoints()']])
})

test('an endpoint that is ready again sooner than the scenario allows breaks its promise', async () => {
  const { pod: hurt, claims } = deployed()
  await expect(hurt).toJoinEndpoints({ notBefore: '1s' })
  await expect(hurt).toJoinEndpoints({ notBefore: '2s' })
  plain(await claims()).toEqual([
    plain.stringMatching(/^passed: Pod\/shop\/web-1: was a ready endpoint/),
    plain.stringMatching(/^violated: .* to be ready again no sooner than 2\.0 s after killContainer landed/),
  ])
})

test('a claim that does not hold throws nothing, and says what was promised, by when, and what was seen', async () => {
  const { app, pod: hurt, other, claims } = deployed()
  await expect(hurt).toRestart({ times: 2, within: '10s' })
  await expect(hurt).toRestart({ exitCode: 0 })
  await expect(other).toRestart({ within: '10s' })
  await expect(hurt).toBeReplaced({ within: '10s', onAnotherNode: true })
  await expect(other).toLeaveEndpoints({ within: '3s' })
  await expect(app).toStayUp()
  await expect(app).toKeepAvailable({ atLeast: 2 })
  plain(await claims()).toEqual([
    'violated: Pod/shop/web-1/app: expected to restart 2 times within 10.0 s of killContainer landed (by 11.10 s), but it ended at 1.10 s with exit code 137 (Error), and did not run at 11.10 s',
    plain.stringMatching(
      /expected to restart once with exit code 0 within .* but it ended with exit code 137 \(Error\) at 1\.10 s$/,
    ),
    plain.stringMatching(/but the container it had before the fault was still running at 11\.10 s$/),
    plain.stringMatching(
      /to be replaced by a ready pod on another node than n1 within 10\.0 s .*, but it was still there, phase Running, at 11\.10 s$/,
    ),
    plain.stringMatching(
      /its endpoint to be no longer ready within 3\.0 s .* but its endpoint was still ready/,
    ),
    'violated: Deployment/shop/web: expected to stay up from 1.00 s on, but container app of web-1 ended with exit code 137 (Error) at 1.10 s',
    'violated: Deployment/shop/web: expected at least 2 to be available from 1.00 s on, but there were only 1 ready endpoints of Service web at 1.20 s',
  ])
})

test('no pod but the one that was hurt may go down', async () => {
  const { app, pod: hurt, stage, claims } = deployed()
  await expect(app).toStayUp({ except: hurt })
  plain(await claims()).toEqual(['passed: Deployment/shop/web: stayed up from 1.00 s to 60.00 s'])
  plain(ledgerOf(stage).entries[0]?.result.statement).toBe('toStayUp({ except: web-1 })')
})

test('nor may any but those that were, where they are several', async () => {
  const {
    app,
    pod: hurt,
    other,
    stage,
    claims,
  } = deployed([watched('Pod', 5_000, pod({ name: 'web-2', grace: 5 }))])
  await expect(app).toStayUp({ except: [hurt] })
  await expect(other.workload).toStayUp({ except: [hurt, other] })
  plain(await claims()).toEqual([
    'violated: Deployment/shop/web: expected every pod but web-1 to stay up from 1.00 s on, but pod web-2 was deleted at 5.00 s',
    'inconclusive: Deployment/shop/web: had no pod that could stay up',
  ])
  plain(ledgerOf(stage).entries.map(({ result }) => result.statement)).toEqual([
    'toStayUp({ except: [web-1] })',
    'toStayUp({ except: [web-1, web-2] })',
  ])
})

test('a time to stay up for is counted from the receipt', async () => {
  const { pod: hurt, stage } = deployed([])
  await expect(hurt).toStayUp({ for: '20s' })
  plain(stage.recording.now()).toBe(21_100)
})

test('a claim is not turned round', async () => {
  const { app, pod: hurt } = deployed()
  await plain(expect(hurt).not.toRestart()).rejects.toThrow(UsageError)
  await plain(expect(app).not.toRecover()).rejects.toThrow(/^\.not\.toRecover: a claim is not turned round/)
})

test('a claim about a pod is refused for a workload, the other way round, and for anything else', async () => {
  const { app, pod: hurt } = deployed()
  const about = (what: string) => `is a claim about ${what}: give what deploy() or its pod() returned`
  const ask = async (of: object, claim: string) => Reflect.apply(Reflect.get(of, claim), of, [])
  const wrong = (of: object, claim: string) => plain(ask(of, claim)).rejects
  await wrong(expect(app), 'toRestart').toThrow(`toRestart: ${about('a pod')}`)
  await wrong(expect(hurt), 'toRecover').toThrow(`toRecover: ${about('a workload')}`)
  await wrong(expect('web'), 'toStayUp').toThrow(`toStayUp: ${about('a pod or a workload')}`)
})

test('an option that a claim does not have is refused, and those that it has are named', async () => {
  const { app, pod: hurt, stage } = deployed()
  const wrong = (of: object, claim: string, options: object) =>
    plain((async () => Reflect.apply(Reflect.get(of, claim), of, [options]))()).rejects
  await wrong(expect(hurt), 'toRestart', { exitcode: 137 }).toThrow(
    'toRestart: has no option "exitcode"; it has times, exitCode, reason, container, within',
  )
  await wrong(expect(app), 'toRecover', { until: '5s' }).toThrow(
    'toRecover: has no option "until"; it has within',
  )
  await wrong(expect(hurt), 'toKeepItsAddress', { ip: '10.0.0.1' }).toThrow(
    'toKeepItsAddress: has no option "ip"; it has none at all',
  )
  plain(ledgerOf(stage).entries).toEqual([])
})

test('toLog takes what is looked for before its options, has the log read, and says so', async () => {
  const { pod: hurt, stage, claims } = deployed()
  const asked: object[] = []
  const line = { podUid: 'web-1', subject: 'Pod/shop/web-1/app', container: 'app', containerID: 'id2' }
  stage.followLog = (source) => {
    asked.push(source)
    stage.recording.record({ source: 'log', atMs: 2_000, ...line, line: 'the shop is open' })
  }
  await expect(hurt).toLog('open')
  await expect(hurt).toLog(/shut/, { within: '9s' })
  plain(asked[0]).toEqual({ podUid: 'web-1', namespace: 'shop', name: 'web-1', container: 'app' })
  plain(ledgerOf(stage).entries.map(({ result }) => result.statement)).toEqual([
    ...["toLog('open')", "toLog(/shut/, { within: '9s' })"],
  ])
  plain(await claims()).toEqual([
    'passed: Pod/shop/web-1/app: wrote “the shop is open” 900 ms after killContainer landed',
    'violated: Pod/shop/web-1/app: expected to write a line that /shut/ finds within 9.0 s of killContainer landed (by 10.10 s), but it had written 2 lines since the fault, the last one “the shop is open” at 2.00 s at 10.10 s',
  ])
  await plain(expect(hurt).toLog('open', { container: 'app', until: '5s' } as object)).rejects.toThrow(
    'toLog: has no option "until"; it has container, previous, within',
  )
  await plain(expect(hurt).toLog('')).rejects.toThrow('toLog: "" is nothing to look for')
})

test('toLog of the incarnation before is violated where its line is taken back', async () => {
  const { pod: hurt, stage, claims } = deployed()
  const line: Observation = {
    ...{ source: 'log', atMs: 900, podUid: 'web-1', subject: 'Pod/shop/web-1/app' },
    ...{ container: 'app', containerID: 'web-1-id1', line: 'the shop is open' },
  }
  stage.recording.record(line)
  await expect(hurt).toLog('open', { previous: true })
  stage.recording.record({ ...line, takenBack: true })
  plain(await claims()).toEqual([
    expect.stringMatching(/^violated: .*but it had ended at 1.10 s, and it had written nothing at/),
  ])
})

test.each([0, 1, 2.5, Number.NaN])('toCrashLoop refuses times: %d', async (times) => {
  const { pod: hurt } = deployed()
  await plain(expect(hurt).toCrashLoop({ times })).rejects.toThrow(
    /^toCrashLoop: times is .*; a whole number from 2 on is expected/,
  )
})

test.each([0, -1, 1.5, Number.NaN])('toRestart refuses times: %d', async (times) => {
  const { pod: hurt } = deployed()
  await plain(expect(hurt).toRestart({ times })).rejects.toThrow(
    /^toRestart: times is .*; a whole number from 1 on is expected/,
  )
})

test.each([0, -1, 1.5, Number.NaN])('toKeepAvailable refuses atLeast: %d', async (atLeast) => {
  const { app } = deployed()
  await plain(expect(app).toKeepAvailable({ atLeast })).rejects.toThrow(
    /^toKeepAvailable: atLeast is .* whole/,
  )
})

test('toLoseRequests needs traffic, and a whole number', async () => {
  const { app, stage } = deployed()
  await plain(expect(app).toLoseRequests({ atMost: 0 })).rejects.toThrow('toLoseRequests needs traffic')
  stage.traffic.push({ service: 'other', settledMs: () => 99_999 })
  await plain(expect(app).toLoseRequests({ atMost: 0 })).rejects.toThrow('toLoseRequests needs traffic')
  stage.traffic.push({ service: 'web', settledMs: () => 99_999 })
  await plain(expect(app).toLoseRequests({ atMost: 0.5 })).rejects.toThrow('whole number from 0 on')
})

test('a container has to be named where a pod has several', async () => {
  const { app, stage } = deployed()
  const two = new Pod(app, {
    metadata: { name: 'web-1' },
    spec: { containers: [{ name: 'a' }, { name: 'b' }] },
  })
  await plain(expect(two).toRestart()).rejects.toThrow('has several containers: name one of a, b')
  await plain(expect(two).toExit({ code: 0, container: 'c' })).rejects.toThrow(
    'no container "c": choose one of a, b',
  )
  plain(ledgerOf(stage).entries).toEqual([])
})

test('claims are typed by their subject', () => {
  const { app, pod: hurt } = deployed()
  expectTypeOf(expect(hurt).toRestart).returns.toEqualTypeOf<Promise<void>>()
  expectTypeOf(expect(hurt).toLog).parameter(0).toEqualTypeOf<string | RegExp>()
  expectTypeOf(expect(app).toRestart).toBeNever()
  expectTypeOf(expect(hurt).toRecover).toBeNever()
  expectTypeOf(expect('web').toStayUp).toBeNever()
})
