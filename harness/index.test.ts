import { expectTypeOf, expect as plain, test } from 'vitest'
import type {
  Chart,
  DeployOptions,
  Duration,
  EvictOptions,
  FailProbeOptions,
  Fault,
  InjectedFault,
  KillContainerOptions,
  ManifestOptions,
  Pod,
  RollOutOptions,
  ScenarioContext,
  ScenarioOptions,
  TaintNodeOptions,
  Workload,
} from './index.ts'
import * as harness from './index.ts'

const { deleteNode, deletePod, expect, failProbe, killContainer, killPod, scenario, yaml } = harness
const { cordonNode, drainNode, evictPod, taintNode } = harness
const { pauseNode, rollBack, rollOut, scale, stopKubelet, stopNode } = harness

type On<T> = ReturnType<typeof expect<T>>
type Options<F> = F extends (options: infer O) => unknown
  ? NonNullable<O>
  : F extends () => unknown
    ? never
    : never

test('what scenarios are written with is there', () => {
  plain(Object.keys(harness)).toEqual(
    plain.arrayContaining([
      ...['deleteNode', 'deletePod', 'expect', 'failProbe', 'killContainer', 'killPod', 'scenario', 'yaml'],
      ...['pauseNode', 'rollBack', 'rollOut', 'scale', 'stopKubelet', 'stopNode'],
      ...['cordonNode', 'drainNode', 'evictPod', 'taintNode'],
      ...['failDependency', 'orphanPod'],
      ...['freezeContainer', 'partitionNode'],
    ]),
  )
})

test('a pod restarts, exits, leaves and joins endpoints, is replaced and stays up', () => {
  expectTypeOf<On<Pod>['toRestart']>().returns.toEqualTypeOf<Promise<void>>()
  expectTypeOf<On<Pod>['toExit']>().parameter(0).toExtend<{ code: number; within?: Duration }>()
  expectTypeOf<On<Pod>['toLeaveEndpoints']>().toBeCallableWith({ within: '5s' })
  expectTypeOf<On<Pod>['toJoinEndpoints']>().toBeCallableWith()
  expectTypeOf<On<Pod>['toBeReplaced']>().toBeCallableWith({ onAnotherNode: true })
  expectTypeOf<On<Pod>['toStayUp']>().toBeCallableWith({ for: '30s' })
})

test('a workload recovers, keeps available, loses requests and stays up', () => {
  expectTypeOf<On<Workload>['toRecover']>().toBeCallableWith({ within: 5_000 })
  expectTypeOf<On<Workload>['toKeepAvailable']>().toBeCallableWith({ atLeast: 2 })
  expectTypeOf<On<Workload>['toLoseRequests']>().toBeCallableWith({ atMost: 0, of: 'others' })
  expectTypeOf<On<Workload>['toStayUp']>().returns.toEqualTypeOf<Promise<void>>()
})

test('no claim about a pod can be made of a workload, none about a workload of a pod, and none of anything else', () => {
  expectTypeOf<On<Workload>['toRestart']>().toBeNever()
  expectTypeOf<On<Workload>['toExit']>().toBeNever()
  expectTypeOf<On<Workload>['toBeReplaced']>().toBeNever()
  expectTypeOf<On<Workload>['toLeaveEndpoints']>().toBeNever()
  expectTypeOf<On<Pod>['toRecover']>().toBeNever()
  expectTypeOf<On<Pod>['toLoseRequests']>().toBeNever()
  expectTypeOf<On<Pod>['toKeepAvailable']>().toBeNever()
  expectTypeOf<On<string>['toRestart']>().toBeNever()
  expectTypeOf<On<string>['toStayUp']>().toBeNever()
})

test('what a claim must be given it must be given, and nothing else', () => {
  expectTypeOf<Options<On<Pod>['toExit']>>().not.toEqualTypeOf<never>()
  expectTypeOf<On<Workload>['toKeepAvailable']>().parameter(0).toEqualTypeOf<{ atLeast: number }>()
  expectTypeOf<On<Workload>['toLoseRequests']>().parameter(0).toHaveProperty('atMost').toBeNumber()
  // @ts-expect-error: there is no such option
  expectTypeOf<On<Pod>['toRestart']>().toBeCallableWith({ time: 1 })
  // @ts-expect-error: a code is expected
  expectTypeOf<On<Pod>['toExit']>().toBeCallableWith({})
  // @ts-expect-error: so are the requests of whom
  expectTypeOf<On<Workload>['toLoseRequests']>().toBeCallableWith({ atMost: 0, of: 'mine' })
})

test('a duration is milliseconds, or a number with its unit', () => {
  expectTypeOf<500>().toExtend<Duration>()
  expectTypeOf<'500ms' | '1.5s' | '5m' | '1h'>().toExtend<Duration>()
  expectTypeOf<'5 minutes'>().not.toExtend<Duration>()
  expectTypeOf<'5'>().not.toExtend<Duration>()
  expectTypeOf<'s'>().not.toExtend<Duration>()
})

test('faults are made of pods, and are injected', () => {
  expectTypeOf(deletePod).toEqualTypeOf<(pod: Pod) => Fault>()
  expectTypeOf(killPod).returns.toEqualTypeOf<Fault>()
  expectTypeOf(deleteNode).parameters.toEqualTypeOf<[pod: Pod]>()
  for (const lose of [stopNode, pauseNode, stopKubelet]) {
    expectTypeOf(lose).toEqualTypeOf<(pod: Pod) => Fault>()
  }
  expectTypeOf(failProbe).parameter(1).toEqualTypeOf<'liveness' | 'readiness' | 'startup'>()
  expectTypeOf<FailProbeOptions['with']>().toEqualTypeOf<
    { status: number } | 'reset' | 'silence' | { delayMs: number } | { exitCode: number } | undefined
  >()
  expectTypeOf(killContainer).parameter(1).toEqualTypeOf<KillContainerOptions | undefined>()
  expectTypeOf<'SIGKILL'>().toExtend<NonNullable<KillContainerOptions['signal']>>()
  expectTypeOf<ScenarioContext['inject']>().toEqualTypeOf<(fault: Fault) => Promise<InjectedFault>>()
})

test('a container is frozen, and a node cut off', () => {
  expectTypeOf(harness.freezeContainer).parameter(1).toEqualTypeOf<{ container?: string } | undefined>()
  expectTypeOf(harness.partitionNode).toEqualTypeOf<(pod: Pod) => Fault>()
})

test('a workload is scaled, rolled out and rolled back', () => {
  expectTypeOf(scale).toEqualTypeOf<(app: Workload, options: { to: number }) => Fault>()
  expectTypeOf(rollOut).toBeCallableWith({} as Workload, {} as Chart)
  expectTypeOf(rollOut).parameter(2).toEqualTypeOf<RollOutOptions | undefined>()
  expectTypeOf<RollOutOptions['illAfter' | 'readyAfter']>().toEqualTypeOf<Duration | undefined>()
  expectTypeOf(rollBack).toEqualTypeOf<(app: Workload) => Fault>()
  expectTypeOf<On<Workload>['toRollOut']>().toBeCallableWith({ within: '30s' })
  expectTypeOf<On<Workload>['toStallRollOut']>().toBeCallableWith()
  expectTypeOf<On<Pod>['toRollOut']>().toBeNever()
  expectTypeOf<On<Pod>['toBecomeReady']>().toBeCallableWith({ notBefore: '5s' })
  expectTypeOf<On<Pod>['toHaveEvents']>().toBeCallableWith(['Killing'], { container: 'web' })
})

test('a pod is evicted, and its node cordoned, drained and tainted', () => {
  expectTypeOf(cordonNode).toEqualTypeOf<(pod: Pod) => Fault>()
  for (const drain of [evictPod, drainNode]) {
    expectTypeOf(drain).toBeCallableWith({} as Pod)
    expectTypeOf(drain).parameter(1).toEqualTypeOf<EvictOptions | undefined>()
  }
  expectTypeOf<EvictOptions['within']>().toEqualTypeOf<Duration | undefined>()
  expectTypeOf<TaintNodeOptions['effect']>().toEqualTypeOf<'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'>()
  expectTypeOf(taintNode).parameters.toEqualTypeOf<[pod: Pod, taint: TaintNodeOptions]>()
  expectTypeOf<On<Workload>['toRespectBudget']>().toBeCallableWith({ refusals: 1 })
  expectTypeOf<On<Workload>['toRespectBudget']>().toBeCallableWith()
  expectTypeOf<On<Pod>['toRespectBudget']>().toBeNever()
})

test('a pod is orphaned, and keeps its address, as the Services of a workload do', () => {
  expectTypeOf(harness.orphanPod).toEqualTypeOf<(pod: Pod) => Fault>()
  expectTypeOf<On<Pod>['toKeepItsAddress']>().toBeCallableWith()
  expectTypeOf<On<Workload>['toKeepItsAddress']>().toBeCallableWith()
  expectTypeOf<On<Workload>['toOwnItsPods']>().toBeCallableWith()
  expectTypeOf<On<Pod>['toOwnItsPods']>().toBeNever()
  expectTypeOf<On<string>['toKeepItsAddress']>().toBeNever()
})

test('what an app depends on is taken away, and its init containers come first', () => {
  expectTypeOf(harness.failDependency).toEqualTypeOf<(app: Workload, dependency: Workload) => Fault>()
  expectTypeOf<On<Workload>['toStartInOrder']>().toBeCallableWith({ after: 'wait' })
  expectTypeOf<On<Pod>['toStartInOrder']>().toBeNever()
})

test('a scenario deploys a chart, and is given a workload', () => {
  expectTypeOf(scenario).toBeCallableWith('a title', async ({ deploy, inject }) => {
    expectTypeOf(deploy).toEqualTypeOf<(chart: Chart, options?: DeployOptions) => Promise<Workload>>()
    expectTypeOf(inject).parameters.toEqualTypeOf<[fault: Fault]>()
  })
  expectTypeOf(scenario).toBeCallableWith('a title', { deadline: '10m' }, async () => undefined)
  expectTypeOf<ScenarioOptions['deadline']>().toEqualTypeOf<Duration | undefined>()
  expectTypeOf<DeployOptions['steadyWithin']>().toEqualTypeOf<Duration | undefined>()
  expectTypeOf(yaml).toEqualTypeOf<(path: string, options?: ManifestOptions) => Chart>()
  expectTypeOf<Workload['pod']>().returns.resolves.toEqualTypeOf<Pod>()
})
