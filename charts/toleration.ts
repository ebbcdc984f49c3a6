/**
 * How long pods stay bound to a node that is lost: 5 s where time is short, and Kubernetes' own 300 s in a nightly run
 * (`ROLYPOLY_NIGHTLY=1`), which a spec that says nothing gets.
 */
export function lostNodeToleration(): { tolerationSeconds?: number } {
  return isNightly() ? {} : { tolerationSeconds: 5 }
}

/** A run that takes the time it needs. */
export function isNightly(): boolean {
  return process.env.ROLYPOLY_NIGHTLY === '1'
}
