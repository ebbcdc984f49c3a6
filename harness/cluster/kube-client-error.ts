import { ApiException } from '@kubernetes/client-node'
import { EnvironmentError, RolypolyError } from '../model/errors.ts'
import { type Cause, KubeError } from './kube-error.ts'
import { reasonOf } from './reason.ts'

/** What went wrong with a request, told as an error of the harness's own. */
export function toKubeError(subject: string, error: unknown): Error {
  if (error instanceof ApiException) {
    const { message = '', reason = '', details } = (error.body ?? {}) as Status
    const seconds = Number(error.headers['retry-after'] ?? details?.retryAfterSeconds)
    const retryAfterMs = seconds > 0 ? seconds * 1_000 : undefined
    return new KubeError(subject, error.code, reason, message, details?.causes, retryAfterMs)
  }
  if (!(error instanceof Error)) return new EnvironmentError(`${subject}: ${String(error)}`)
  if (error.message.startsWith('Unrecognized API version and kind')) {
    return new KubeError(subject, 404, 'UnknownKind', 'this cluster has no such kind of object')
  }
  if (error.name === 'TimeoutError') {
    return new EnvironmentError(`${subject}: the API server did not answer in time`, { cause: error })
  }
  return error instanceof RolypolyError
    ? error
    : new EnvironmentError(`${subject}: the API server could not be asked: ${reasonOf(error)}`, {
        cause: error,
      })
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
interface Status {
  message?: string
  reason?: string
  details?: { causes?: Cause[]; retryAfterSeconds?: number }
}
