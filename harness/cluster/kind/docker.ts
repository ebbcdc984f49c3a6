import { z } from 'zod'
import { EnvironmentError } from '../../model/errors.ts'
import { parseLine } from '../lines.ts'
import { type RunOptions, run } from '../process.ts'
import { isSameImage, parseReference } from './image-reference.ts'

/** An image that the Docker engine has. */
export interface PresentImage {
  /** `repository:tag`, `repository@digest`, or both as `repository:tag@digest`. */
  reference: string
  /** `sha256:` and 64 hexadecimal digits. */
  id: string
}

/** What the choice of a node image rests on. */
export interface DockerFacts {
  /** Of the machine that the engine runs on, which need not be this one. */
  cgroupVersion: 1 | 2
  serverVersion: string
  /** Every `kindest/node`, and the image that was asked for by name. */
  nodeImages: PresentImage[]
}

/** How the engine is asked. */
export interface DockerFactsOptions {
  /** An image to look for beside `kindest/node`, as the user's `--node-image`. */
  named?: string | undefined
  /** Replaces this process' own variables of the same names, as DOCKER_HOST. */
  env?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
}

const timeoutMs = 30_000
const infoFormat = '{"cgroupVersion":{{json .CgroupVersion}},"serverVersion":{{json .ServerVersion}}}'
const imageFormat = '{{json .Repository}} {{json .Tag}} {{json .Digest}} {{json .ID}}'

const info = z.object({ cgroupVersion: z.enum(['1', '2']), serverVersion: z.string().min(1) })

/**
 * Asks the Docker engine for its version, its cgroup version and its node images.
 *
 * @throws EnvironmentError when there is no docker client, no engine answers it within 30 s, or its answer makes no sense.
 */
export async function dockerFacts(options: DockerFactsOptions = {}): Promise<DockerFacts> {
  const how: RunOptions = { timeoutMs, env: options.env, signal: options.signal }
  const { cgroupVersion, serverVersion } = parseInfo(await ask(['info', '--format', infoFormat], how))
  const images = await ask(['image', 'ls', '--digests', '--no-trunc', '--format', imageFormat], how)
  return { cgroupVersion, serverVersion, nodeImages: pickNodeImages(parseImages(images), options.named) }
}

/**
 * Reads what `docker info` printed in {@link dockerFacts}' format.
 *
 * @throws EnvironmentError for anything else, as older clients print where no engine answers.
 */
export function parseInfo(stdout: string): Pick<DockerFacts, 'cgroupVersion' | 'serverVersion'> {
  let answer: z.infer<typeof info>
  try {
    answer = info.parse(JSON.parse(stdout))
  } catch (cause) {
    throw new EnvironmentError('The Docker engine does not say which cgroup version it runs on', {
      evidence: `docker info: ${stdout}`,
      remedy: 'Use Docker Engine 20.10 or newer, and see that docker info answers.',
      cause,
    })
  }
  return { cgroupVersion: answer.cgroupVersion === '1' ? 1 : 2, serverVersion: answer.serverVersion }
}

/** Reads the lines of `docker image ls`; an image with neither tag nor digest cannot be named, and is left out. */
export function parseImages(stdout: string): PresentImage[] {
  return stdout.split('\n').flatMap((line) => {
    const cells = [...line.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([cell]) => parseLine(z.string(), cell))
    const [repository, tag, digest, id] = cells.map((cell) => (cell === '<none>' ? undefined : cell))
    if (repository === undefined || id === undefined || (tag ?? digest) === undefined) return []
    return [{ reference: `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`, id }]
  })
}

/** Every `kindest/node`, and the image named. */
export function pickNodeImages(images: PresentImage[], named: string | undefined): PresentImage[] {
  return images.filter(
    ({ reference }) =>
      parseReference(reference).repository === 'kindest/node' ||
      (named !== undefined && isSameImage(named, reference)),
  )
}

async function ask(args: string[], options: RunOptions): Promise<string> {
  try {
    return (await run('docker', args, options)).stdout
  } catch (error) {
    if (options.signal?.aborted || !(error instanceof EnvironmentError)) throw error
    throw new EnvironmentError('No Docker engine answers', {
      evidence: [error.message, error.evidence].filter(Boolean).join('\n'),
      remedy: 'Install or start Docker (docker info must answer), or choose --cluster simulated.',
    })
  }
}
