import { RolypolyError } from '../model/errors.ts'

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

/** True for a KubeError that says that the object is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.code === 404 && error.reason === 'NotFound'
}
