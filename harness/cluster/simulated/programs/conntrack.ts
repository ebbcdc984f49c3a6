import type { Route } from '../network/listener.ts'

interface Asked {
  /** `-s` and `-d`: undefined is any. */
  from: string | undefined
  to: string | undefined
}

/** What conntrack's options ask for: `-p tcp -s <ip> -d <ip>`. */
export function askedRoutes(command: readonly string[]): Asked {
  const after = (option: string) => {
    const at = command.indexOf(option)
    return at === -1 ? undefined : command[at + 1]
  }
  return { from: after('-s'), to: after('-d') }
}

export function isAsked({ from, to }: Asked, { fromIp, serviceIp }: Route): boolean {
  return (from === undefined || from === fromIp) && (to === undefined || to === serviceIp)
}

/** An event of `conntrack -E -o timestamp`, as harness/observe/routes.ts reads it. */
export function eventLine(route: Route, epochMs: number): string {
  const { there, back } = wayOf(route)
  return `[${(epochMs / 1_000).toFixed(6)}]\t    [NEW] tcp      6 120 SYN_SENT ${there} [UNREPLIED] ${back}`
}

/** A line of `conntrack -L`. */
export function listLine(route: Route): string {
  const { there, back } = wayOf(route)
  return `tcp      6 86399 ESTABLISHED ${there} ${back} [ASSURED] mark=0 use=1`
}

function wayOf({ fromIp, fromPort, serviceIp, servicePort, ip, port }: Route) {
  return {
    there: `src=${fromIp} dst=${serviceIp} sport=${fromPort} dport=${servicePort}`,
    back: `src=${ip} dst=${fromIp} sport=${port} dport=${fromPort}`,
  }
}
