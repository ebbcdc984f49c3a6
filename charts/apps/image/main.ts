// Runs one of the apps on Node: `node main.ts webapl`.
import type { Behaviour } from '@rolypoly/harness'
import { kubia } from './kubia.ts'
import { myApp } from './my-app.ts'
import { nodeHost } from './node-host.ts'
import { probes } from './probes.ts'
import { report } from './report.ts'
import { wait } from './wait.ts'
import { webapl } from './webapl.ts'

const apps: Record<string, Behaviour> = { webapl, probes, kubia, 'my-app': myApp, wait, report }

const name = process.argv[2] ?? ''
const app = apps[name]
if (!app)
  throw new Error(`there is no app ${JSON.stringify(name)}: ${Object.keys(apps).join(' and ')} are here`)
app(nodeHost())
