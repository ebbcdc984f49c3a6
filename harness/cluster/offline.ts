/** True where ROLYPOLY_OFFLINE forbids downloads: set to anything but `0` and `false`. */
export function isOffline(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes(env.ROLYPOLY_OFFLINE ?? '')
}
