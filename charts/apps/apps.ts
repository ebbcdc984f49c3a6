import { fileURLToPath } from 'node:url'
import type { Behaviour, Host, LocalImage } from '@rolypoly/harness'
import { kubia } from './image/kubia.ts'
import { myApp } from './image/my-app.ts'
import { probes } from './image/probes.ts'
import { report } from './image/report.ts'
import { wait } from './image/wait.ts'
import { webapl } from './image/webapl.ts'

/** The image that the servers of several charts share: its first argument names one. */
export const image: LocalImage = {
  name: 'rolypoly-apps:dev',
  context: fileURLToPath(new URL('image', import.meta.url)),
}

const byName = { webapl, probes, kubia, 'my-app': myApp, wait, report } satisfies Record<string, Behaviour>
/** An app of the image. */
export type AppName = keyof typeof byName

const shellsEnd = 'echo the server has ended'

/** What a container runs whose process 1 is one of the apps. */
export function commandOf(app: AppName): string[] {
  return ['node', 'main.ts', app]
}

/** What a container runs whose process 1 is a shell, and the app its child. */
export function commandUnderShell(app: AppName): string[] {
  return ['sh', '-c', `${commandOf(app).join(' ')}; ${shellsEnd}`]
}

/** What the image does, by the command that it is started with. */
export const apps: Behaviour = (host) => {
  const { command } = host
  const isShell = command[0] === 'sh'
  const words = isShell ? (command[2] ?? '').split(/[ ;]+/) : command
  const app = words[0] === 'node' && words[1] === 'main.ts' ? named(words[2] ?? '') : undefined
  if (!app) throw new Error(`${command.join(' ')}: the image has no such app`)
  app(isShell ? underShell(host) : host)
}

function named(name: string): Behaviour | undefined {
  return (byName as Record<string, Behaviour>)[name]
}

/** A shell that is process 1 passes no signal on, and ends well when its child has ended. */
function underShell(host: Host): Host {
  const exit = () => {
    host.log('the server has ended')
    host.exit(0)
  }
  return { ...host, on: () => undefined, exit }
}
