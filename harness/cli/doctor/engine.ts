import { existsSync } from 'node:fs'
import { z } from 'zod'
import { tryRun } from '../../cluster/process.ts'
import { fine, type Judgement, unknown } from './finding.ts'

/** What a Docker engine says of itself and of the machine that it runs on. */
export interface Engine {
  serverVersion: string
  cgroupVersion: 1 | 2
  rootless: boolean
  system: string
  /** The host name of its machine. */
  host: string
  processors: number
  memoryBytes: number
  /** Where it keeps its data, on its own machine. */
  dataFolder: string
}

/** The engine, or what stands in its way. */
export type EngineProbe =
  | { engine: Engine }
  | { engine?: undefined; lack: 'client' | 'permission' | 'engine' | 'answer'; words: string }

const answerSchema = z.object({
  ServerVersion: z.string().min(1),
  CgroupVersion: z.enum(['1', '2']),
  SecurityOptions: z.array(z.string()).nullish(),
  OperatingSystem: z.string(),
  Name: z.string(),
  NCPU: z.number(),
  MemTotal: z.number(),
  DockerRootDir: z.string(),
})

const timeoutMs = 4_000

/** Asks the engine once, for all the checks that rest on it. `env` replaces this process' variables of its names. */
export async function probeEngine(env: Record<string, string> = {}): Promise<EngineProbe> {
  const outcome = await tryRun('docker', ['info', '--format', '{{json .}}'], { timeoutMs, env })
  if (!outcome.ok) {
    const { message } = outcome.error
    if (message.includes('docker is not there')) return { lack: 'client', words: '' }
    return whyNot(outcome.stderr || message)
  }
  return readInfo(outcome.stdout, outcome.stderr)
}

/** Reads what `docker info --format '{{json .}}'` printed. Older clients end well where no engine answers. */
export function readInfo(stdout: string, stderr: string): EngineProbe {
  try {
    const answer = answerSchema.parse(JSON.parse(stdout))
    return {
      engine: {
        serverVersion: answer.ServerVersion,
        cgroupVersion: answer.CgroupVersion === '1' ? 1 : 2,
        rootless: answer.SecurityOptions?.some((option) => option.includes('name=rootless')) ?? false,
        system: answer.OperatingSystem,
        host: answer.Name,
        processors: answer.NCPU,
        memoryBytes: answer.MemTotal,
        dataFolder: answer.DockerRootDir,
      },
    }
  } catch {
    const told = `${stdout}\n${stderr}`
    if (/permission denied|cannot connect/i.test(told)) return whyNot(told)
    return { lack: 'answer', words: stderr || stdout.slice(0, 300) }
  }
}

function whyNot(words: string): EngineProbe {
  return { lack: /permission denied/i.test(words) ? 'permission' : 'engine', words }
}

/** What the remedies depend on. */
export interface EngineSurroundings {
  platform: NodeJS.Platform
  systemd: boolean
  env: NodeJS.ProcessEnv
}

export function judgeEngine(probe: EngineProbe, around: EngineSurroundings = here()): Judgement {
  if (probe.engine) {
    const { serverVersion, system, rootless } = probe.engine
    return fine(`Docker ${serverVersion} answers, on ${system}${rootless ? ', rootless' : ''}`)
  }
  const { lack, words } = probe
  const { platform, env } = around
  const mac = platform === 'darwin'
  if (lack === 'client') {
    const remedy = mac ? 'brew install --cask docker-desktop' : 'curl -fsSL https://get.docker.com | sudo sh' // Docker's own script: every distribution names its packages otherwise
    return { level: 'lack', found: 'there is no docker command on the PATH', remedy }
  }
  const named = ['DOCKER_HOST', 'DOCKER_CONTEXT'].find((name) => env[name])
  const evidence = words.trim()
  if (lack === 'answer') {
    const found = 'docker info answers something that no Docker Engine from 20.10 on does'
    return { level: 'lack', found, evidence, remedy: named ? `unset ${named}` : 'docker version' }
  }
  if (lack === 'permission' && !named && !mac) {
    const found = 'it is there, but this user may not speak to its socket'
    return { level: 'lack', found, evidence, remedy: 'sudo usermod -aG docker "$USER" && newgrp docker' }
  }
  const found = named ? `none answers where ${named}=${env[named]} points` : 'none answers'
  return { level: 'lack', found, evidence, remedy: named ? `unset ${named}` : start(around) }
}

function start({ platform, systemd }: EngineSurroundings): string {
  if (platform === 'darwin') return 'open -a Docker'
  return systemd ? 'sudo systemctl start docker' : 'sudo service docker start'
}

function here(): EngineSurroundings {
  return { platform: process.platform, systemd: existsSync('/run/systemd/system'), env: process.env }
}

/** Judges what only an engine can tell, where there is one. */
export async function withEngine(
  probing: Promise<EngineProbe>,
  judge: (engine: Engine) => Judgement | Promise<Judgement>,
): Promise<Judgement> {
  const { engine } = await probing
  return engine ? judge(engine) : unknown('a Docker engine is needed')
}
