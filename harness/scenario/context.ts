import type { Cluster } from '../cluster/cluster.ts'
import { type Fault, type InjectedFault, injectFault } from '../faults/fault.ts'
import { type Duration, toMs } from '../model/duration.ts'
import type { ScenarioResult } from '../model/result.ts'
import type { ScenarioRecorder } from '../observe/recorder.ts'
import { predict } from '../predict/predict.ts'
import { holdSteadyMs } from '../timeline/steady.ts'
import type { Chart, TrafficTarget } from '../workload/chart.ts'
import { podTemplates } from '../workload/check.ts'
import { deployChart } from '../workload/deploy.ts'
import type { Stage } from '../workload/stage.ts'
import type { Workload } from '../workload/workload.ts'
import type { Neighbours } from './neighbours.ts'
import { startTrafficTo, type TrafficHandle } from './traffic.ts'

export interface DeployOptions {
  /** How long the workload may take to become steady; two minutes unless given. */
  steadyWithin?: Duration
  /** Overrides the chart's own: where the prober sends its requests, or `false` for none. */
  traffic?: TrafficTarget | false
  /** What another namespace of the scenario is called, as `neighbour`: it is made for it; its own unless given. */
  namespace?: string
}

/** What a scenario's body is given. */
export interface ScenarioContext {
  /** Applies a chart; resolves once it is steady and its traffic flows. */
  deploy(chart: Chart, options?: DeployOptions): Promise<Workload>
  /** Injects a fault; resolves once its receipt is in. */
  inject(fault: Fault): Promise<InjectedFault>
  /** Lets time pass on purpose: a named step on the timeline. */
  hold(duration: Duration, why: string): Promise<void>
  readonly cluster: Cluster
  readonly namespace: string
  /** Aborted at the scenario's deadline and when the run is stopped. */
  readonly signal: AbortSignal
}

export type ScenarioBody = (context: ScenarioContext) => Promise<void>

const steadyWithin: Duration = '2m'

/** What a scenario's steps are taken on, and what they leave. */
export interface Steps {
  stage: Stage
  recorder: ScenarioRecorder
  neighbours: Neighbours
  result: Pick<ScenarioResult, 'waits'>
  /** What has landed, or is about to: whoever tears down undoes it. */
  injected: InjectedFault[]
  flows: TrafficHandle[]
}

export function contextOf({ stage, recorder, neighbours, result, injected, flows }: Steps): ScenarioContext {
  const { cluster, namespace, signal } = stage
  const waited = (what: string, predictedMs: number, sinceMs: number) => {
    result.waits ??= []
    result.waits.push({ what, predictedMs, tookMs: recorder.now() - sinceMs })
  }
  return {
    ...{ cluster, namespace, signal },
    async deploy(chart, options = {}) {
      const sinceMs = recorder.now()
      const home = await neighbours.home(options.namespace)
      const workload = await deployChart(stage, chart, options.steadyWithin ?? steadyWithin, home)
      const pods = podTemplates(chart).map(({ spec }) => spec)
      waited(`deploy(${chart.name})`, predict.becomesSteady(pods, holdSteadyMs).latestMs, sinceMs)
      const target = options.traffic ?? chart.traffic ?? false
      if (target) flows.push(...(await startTrafficTo(stage, recorder, workload, target)))
      return workload
    },
    async inject(fault) {
      return injectFault(stage, fault, (landed) => injected.push(landed))
    },
    async hold(duration, why) {
      const atMs = recorder.now()
      await cluster.clock.sleep(toMs(duration), signal)
      recorder.record({ source: 'step', atMs, untilMs: recorder.now(), step: why })
      waited(`hold: ${why}`, toMs(duration), atMs)
    },
  }
}
