/** fetch hides the reason of a failure in its cause, which may have nothing but a code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  let { cause } = error
  // What is behind a proxy that refuses stands at the very end.
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  if (!(cause instanceof Error) || error.message.includes(cause.message || '\0')) return error.message
  const code = 'code' in cause ? String(cause.code) : cause.name
  return `${error.message}: ${cause.message || code}`
}
