import { RolypolyError } from '../model/errors.ts'

/** The API server refused a request. */
export class KubeError extends RolypolyError {
  /** The HTTP status. */
  readonly code: number
  /** The API's own word: `NotFound`, `Conflict`, `Invalid`, ... */
  readonly reason: string
  /** What in particular it takes offence at. */
  readonly causes: readonly Cause[]
  /** How long it wants not to be asked again, in milliseconds, where it says so. */
  readonly retryAfterMs: number | undefined

  constructor(
    subject: string,
    code: number,
    reason: string,
    detail: string,
    causes: readonly Cause[] = [],
    retryAfterMs?: number,
  ) {
    super(`${subject}: ${detail || reason || `the API server answered ${code}`}`)
    this.code = code
    this.reason = reason
    this.causes = causes
    this.retryAfterMs = retryAfterMs
  }
}

export interface Cause {
  /** As `DisruptionBudget`. */
  reason?: string
  message?: string
}

/**
 * The sentence of the PodDisruptionBudget that an eviction was refused for; undefined for any other error.
 * kubernetes/staging/src/k8s.io/api/policy/v1/types.go: DisruptionBudgetCause.
 */
export function budgetRefusal(error: unknown): string | undefined {
  if (!(error instanceof KubeError) || error.code !== 429) return undefined
  const cause = error.causes.find(({ reason }) => reason === 'DisruptionBudget')
  return cause && (cause.message || error.message)
}

/** True for a KubeError that says that the object is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.code === 404 && error.reason === 'NotFound'
}

/** True for a KubeError that says that the object to be made is there already. */
export function isAlreadyThere(error: unknown): boolean {
  return error instanceof KubeError && error.code === 409 && error.reason === 'AlreadyExists'
}

/**
 * True for a KubeError that says that a container has no incarnation before the newest one whose log could be had.
 * kubernetes/pkg/kubelet/kubelet_pods.go: validateContainerLogStatus.
 */
export function isNoneBefore(error: unknown): boolean {
  return (
    error instanceof KubeError &&
    error.code === 400 &&
    /previous terminated container .* not found/.test(error.message)
  )
}
