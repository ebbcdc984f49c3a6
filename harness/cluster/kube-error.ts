import { ApiException } from '@kubernetes/client-node'
import { EnvironmentError, RolypolyError } from '../model/errors.ts'

/** The API server refused a request. */
export class KubeError extends RolypolyError {
  /** The HTTP status. */
  readonly code: number
  /** The API's own word: `NotFound`, `Conflict`, `Invalid`, ... */
  readonly reason: string

  constructor(subject: string, code: number, reason: string, detail: string) {
    super(`${subject}: ${detail || reason || `the API server answered ${code}`}`)
    this.code = code
    this.reason = reason
  }
}

/** What went wrong with a request, told as an error of the harness's own. */
export function toKubeError(subject: string, error: unknown): Error {
  if (error instanceof ApiException) {
    const { message = '', reason = '' } = (error.body ?? {}) as { message?: string; reason?: string }
    return new KubeError(subject, error.code, reason, message)
  }
  if (!(error instanceof Error)) return new EnvironmentError(`${subject}: ${String(error)}`)
  if (error.message.startsWith('Unrecognized API version and kind')) {
    return new KubeError(subject, 404, 'UnknownKind', 'this cluster has no such kind of object')
  }
  return error instanceof RolypolyError
    ? error
    : new EnvironmentError(`${subject}: the API server could not be asked: ${error.message}`, {
        cause: error,
      })
}

/** True for a KubeError that says that the object is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.code === 404 && error.reason === 'NotFound'
}
