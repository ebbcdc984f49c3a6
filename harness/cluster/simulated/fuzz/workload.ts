import type { DeploymentObject, ServiceObject } from '../../kube.ts'
import type { ContainerSpec, PodSpec, ProbeSpec } from '../kubelet/spec.ts'
import { appPort, healthFile, healthPort } from './apps.ts'
import type { Chance } from './chance.ts'

export const namespace = 'shop'
export const appImage = 'fickle:1'
export const initImage = 'init:1'

/** A Deployment without what the API server fills in; its Service is made once. */
export interface Wanted {
  replicas: number
  paused: boolean
  isRecreate: boolean
  maxSurge: number | string
  maxUnavailable: number | string
  minReadySeconds: number
  /** Pods keep each other off their nodes: there are never more of them than nodes. */
  isRepelling: boolean
  template: PodSpec
  revision: number
}

export function randomWanted(chance: Chance, workers: number): Wanted {
  const isRepelling = chance.oneIn(8)
  return {
    replicas: chance.whole(1, isRepelling ? workers : 5),
    paused: false,
    isRecreate: chance.oneIn(5),
    // Where each node has its pod already, one has to go before another can come.
    maxSurge: isRepelling ? 0 : chance.oneOf<number | string>(0, 1, 2, '25%', '50%'),
    maxUnavailable: isRepelling ? 1 : chance.oneOf<number | string>(0, 1, 2, '25%', '34%'),
    minReadySeconds: chance.oneIn(4) ? chance.whole(1, 5) : 0,
    isRepelling,
    template: randomPod(chance, isRepelling),
    revision: 1,
  }
}

export function deploymentOf(wanted: Wanted): DeploymentObject {
  const { replicas, paused, isRecreate, maxSurge, maxUnavailable, minReadySeconds } = wanted
  // The API server refuses that neither may be more than none.
  const most = maxSurge === 0 && [0, '0%'].includes(maxUnavailable) ? 1 : maxSurge
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      ...{ replicas, paused, minReadySeconds },
      selector: { matchLabels: { app: 'web' } },
      strategy: isRecreate
        ? { type: 'Recreate' }
        : {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: most as never, maxUnavailable: maxUnavailable as never },
          },
      template: {
        metadata: { labels: { app: 'web' }, annotations: { revision: String(wanted.revision) } },
        spec: wanted.template,
      },
    },
  }
}

export function randomService(chance: Chance): ServiceObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace },
    spec: {
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: chance.oneOf<number | string>(appPort, 'http') as never }],
      ...chance.maybe(8, () => ({ publishNotReadyAddresses: true })),
    },
  }
}

export function randomPod(chance: Chance, isRepelling: boolean): PodSpec {
  const grace = chance.oneOf(1, 3, 8, 15)
  const container = (name: string, offset: number): ContainerSpec => ({
    ...{ name, image: appImage, env: [{ name: 'OFFSET', value: String(offset) }] },
    ports: [{ containerPort: appPort + offset, ...(offset === 0 && { name: 'http' }) }],
    ...randomProbes(chance, offset),
    ...chance.maybe(3, () => ({ lifecycle: randomHooks(chance, offset, grace) })),
  })
  const sidecar = (): ContainerSpec => ({ ...container('side', 2), restartPolicy: 'Always' })
  const inits = [
    ...(chance.oneIn(5) ? [{ name: 'init', image: initImage }] : []),
    ...(chance.oneIn(5) ? [sidecar()] : []),
  ]
  return {
    containers: [container('web', 0), ...(chance.oneIn(5) ? [container('other', 1)] : [])],
    ...(inits.length > 0 && { initContainers: inits }),
    terminationGracePeriodSeconds: grace,
    ...chance.maybe(4, () => ({ tolerations: shortTolerations(chance.whole(0, 30)) })),
    ...(isRepelling && {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    }),
  }
}

const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' }

function shortTolerations(tolerationSeconds: number): NonNullable<PodSpec['tolerations']> {
  return ['not-ready', 'unreachable'].map((state) => ({
    ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
  }))
}

function randomProbes(chance: Chance, offset: number): Partial<ContainerSpec> {
  return {
    // It lasts long enough for an app that starts as it should.
    ...chance.maybe(2, () => ({
      livenessProbe: {
        ...randomWay(chance, '/healthz', offset),
        ...{ periodSeconds: chance.whole(2, 4), failureThreshold: chance.whole(2, 3) },
        ...chance.maybe(3, () => ({ initialDelaySeconds: chance.whole(1, 4) })),
        ...chance.maybe(6, () => ({ terminationGracePeriodSeconds: chance.whole(1, 5) })),
      },
    })),
    ...(!chance.oneIn(4) && {
      readinessProbe: {
        ...randomWay(chance, '/ready', offset),
        ...{ periodSeconds: chance.whole(1, 5), failureThreshold: chance.whole(1, 3) },
        ...chance.maybe(4, () => ({ successThreshold: 2 })),
      },
    }),
    ...chance.maybe(5, () => ({
      startupProbe: {
        ...randomWay(chance, '/healthz', offset),
        periodSeconds: 1,
        failureThreshold: chance.whole(5, 12),
      },
    })),
  }
}

function randomWay(chance: Chance, path: string, offset: number): ProbeSpec {
  const named = { path, port: (offset === 0 ? 'http' : appPort + offset) as never }
  return chance.oneOf<ProbeSpec>(
    { httpGet: { path, port: (appPort + offset) as never } },
    { httpGet: named },
    { tcpSocket: { port: (appPort + offset) as never } },
    { grpc: { port: healthPort + offset } },
    { exec: { command: ['cat', healthFile] } },
  )
}

function randomHooks(chance: Chance, offset: number, grace: number): NonNullable<ContainerSpec['lifecycle']> {
  const hook = () =>
    chance.oneOf<NonNullable<NonNullable<ContainerSpec['lifecycle']>['preStop']>>(
      { sleep: { seconds: chance.whole(0, grace) } },
      { exec: { command: ['sleep', String(chance.whole(0, 4))] } },
      { exec: { command: ['false'] } },
      { httpGet: { path: '/slow', port: (appPort + offset) as never } },
    )
  return {
    ...(!chance.oneIn(4) && { preStop: hook() }),
    ...chance.maybe(6, () => ({ postStart: { exec: { command: ['sleep', '1'] } } })),
  }
}
