/** As it is read where kind is looked for. */
export function isOffline(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes(env.ROLYPOLY_OFFLINE ?? '')
}
