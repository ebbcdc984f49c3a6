import { fileURLToPath } from 'node:url'
import { type Chart, helm, yaml } from '@rolypoly/harness'

export interface BackendAppOptions {
  /** 2 unless given. */
  replicas?: number
  /** What its ConfigMap tells the app to say. */
  greeting?: string
  /** `drain` unless given. */
  onSigterm?: 'drain' | 'ignore'
  /** What its preStop hook takes; 3 unless given. */
  preStopSeconds?: number
  /** 20 unless given. */
  terminationGracePeriodSeconds?: number
  /** Its sidecar and its ambassador are init containers that go on; ordinary containers otherwise. */
  nativeSidecars?: boolean
  /** Its pods have a checksum of the ConfigMap, so that a changed one rolls out. */
  rollOutOnConfigChange?: boolean
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The Helm chart in this folder, with these values in place of its own. */
export function backendApp(options: BackendAppOptions = {}): Chart {
  const images = { 'rolypoly-backend-app:dev': here('image') }
  return helm(here('.'), { values: { ...options }, images, traffic: { path: '/' } })
}

/** The redis that its ambassador connects to. */
export function backendDatabase(): Chart {
  return yaml(here('database.yaml'))
}
