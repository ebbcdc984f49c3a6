import type { Chart } from '@rolypoly/harness'
import { apps, commandOf, image } from '../apps/apps.ts'

export interface ReportJobOptions {
  /** How long one pod works, in seconds; 5 unless given. */
  work?: number
  /** It fails at this second of its work; never unless given. */
  failAt?: number
  /** It begins its work at this time at the earliest, in milliseconds since 1970; at once unless given. */
  from?: number
  /** How often it is tried again; 6, Kubernetes' own, unless given. */
  backoffLimit?: number
  /** How many of its pods have to succeed; 1 unless given. */
  completions?: number
  /** How many of them work at once; 1 unless given. */
  parallelism?: number
  /** Who tries again: the Job with another pod, or the kubelet in the same one. `Never` unless given. */
  restartPolicy?: 'Never' | 'OnFailure'
}

const labels = { app: 'report' }

/** A Job whose pods work for some seconds and are done. */
export function reportJob(options: ReportJobOptions = {}): Chart {
  return {
    ...common,
    objects: [
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'report', labels }, spec: jobSpec(options) },
    ],
  }
}

export interface ReportCronJobOptions extends ReportJobOptions {
  /** Names the CronJob and its workload; `report` unless given. */
  name?: string
  /** What it does with a run that is due while one is still at work; `Allow`, Kubernetes' own, unless given. */
  concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace'
  /** A run that could not be started for so many seconds is left out; never unless given. */
  startingDeadlineSeconds?: number
  /** It makes no Job while it is. */
  suspend?: boolean
}

/** A CronJob that makes such a Job at each minute. */
export function reportCronJob({ name = 'report', ...options }: ReportCronJobOptions = {}): Chart {
  const { concurrencyPolicy, startingDeadlineSeconds, suspend, ...work } = options
  const spec = {
    schedule: '* * * * *',
    ...(concurrencyPolicy !== undefined && { concurrencyPolicy }),
    ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }),
    ...(suspend !== undefined && { suspend }),
    jobTemplate: { spec: jobSpec(work) },
  }
  return {
    ...common,
    name,
    objects: [{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name, labels }, spec }],
  }
}

const common = {
  name: 'report',
  images: [image],
  behaviours: { [image.name]: apps },
  traffic: false as const,
}

function jobSpec({ work, failAt, from, restartPolicy = 'Never', ...counts }: ReportJobOptions) {
  const env = { WORK: work, FAIL_AT: failAt, FROM: from }
  const container = {
    name: 'report',
    image: image.name,
    command: commandOf('report'),
    env: Object.entries(env).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value: String(value) }],
    ),
  }
  const { backoffLimit, completions, parallelism } = counts
  return {
    ...(backoffLimit !== undefined && { backoffLimit }),
    ...(completions !== undefined && { completions }),
    ...(parallelism !== undefined && { parallelism }),
    template: {
      metadata: { labels },
      spec: {
        containers: [container],
        restartPolicy,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 2,
      },
    },
  }
}
