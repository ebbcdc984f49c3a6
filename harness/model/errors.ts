import { redactor } from './redact.ts'
import { visible } from './visible.ts'

/** What an error may carry beside its one sentence. */
export interface ErrorParts {
  /** What was seen, as text of any length. */
  evidence?: string
  /** What the reader can do about it, as one sentence. */
  remedy?: string
  cause?: unknown
}

/**
 * The base of every error that rolypoly raises itself. `message` is one sentence that names the subject first;
 * `evidence` and `remedy` follow it wherever the error is printed. None of them has the value of a Secret in it.
 */
export class RolypolyError extends Error {
  readonly evidence: string | undefined
  readonly remedy: string | undefined

  constructor(message: string, parts: ErrorParts = {}) {
    super(redactor.redact(message), parts.cause === undefined ? undefined : { cause: parts.cause })
    this.name = new.target.name
    this.evidence = parts.evidence && redactor.redact(parts.evidence)
    this.remedy = parts.remedy && redactor.redact(parts.remedy)
  }
}

/** An argument, option, manifest or chart that cannot be understood: the user has to change it. */
export class UsageError extends RolypolyError {}

/** What a run stands on is missing or broken: the Docker engine, kind, the API server, an image. */
export class EnvironmentError extends RolypolyError {}

/** The workload was not steady before the fault, so nothing that followed could be judged. */
export class NotSteadyError extends RolypolyError {}

/** A fault left no receipt, so nothing that followed could be judged. */
export class NoReceiptError extends RolypolyError {}

/** The workload does not even declare what the promise rests on, as a liveness probe that is to fail and is not there. */
export class PromiseNotMadeError extends RolypolyError {
  /** The subject that lacks it, as `Pod/namespace/name`. */
  readonly subject: string

  constructor(subject: string, message: string, parts: ErrorParts = {}) {
    super(message, parts)
    this.subject = subject
  }
}

/** The cluster cannot do what the scenario needs: the scenario is skipped. */
export class NotCapableError extends RolypolyError {}

/** A deadline, of a scenario or of the run, has passed. */
export class DeadlineError extends RolypolyError {}

/** The run was stopped from outside: what was not judged by then is not judged. */
export class InterruptedError extends RolypolyError {}

/** The sentence, then the evidence, then what to do, as lines of text that a terminal can be given. */
export function explain(error: unknown): string {
  return visible(redactor.redact(told(error)))
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const lines = [error.message]
  if (error instanceof RolypolyError) {
    if (error.evidence) lines.push(indent(error.evidence))
    if (error.remedy) lines.push(error.remedy)
  }
  if (error.cause instanceof Error && !error.message.includes(error.cause.message)) {
    lines.push(`  because: ${error.cause.message}`)
  }
  return lines.join('\n')
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}
