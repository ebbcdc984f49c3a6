/** The kubelet and the runtime count the grace period by clocks of their own; in milliseconds. */
export const graceSlackMs = 1_500

/** Whether a grace period of which so much was left at the end had been used up. */
export function isGraceSpent(leftMs = 0): boolean {
  return leftMs <= graceSlackMs
}
