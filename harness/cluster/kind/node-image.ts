import { UsageError } from '../../model/errors.ts'
import type { PresentImage } from './docker.ts'
import {
  compareVersions,
  isSameImage,
  type KubernetesVersion,
  parseReference,
  versionOfTag,
} from './image-reference.ts'
import { kindRelease, type NodeImagePin, nodeImagePins } from './pins.ts'

/** What the choice of a node image rests on. */
export interface NodeImageQuestion {
  /** `--node-image`. */
  option?: string | undefined
  /** Read for ROLYPOLY_NODE_IMAGE. */
  env: NodeJS.ProcessEnv
  /** The images that the Docker engine has. */
  present: readonly PresentImage[]
  /** Of the machine that the engine runs on. */
  cgroupVersion: 1 | 2
}

/** The node image to make a cluster of. */
export interface NodeImageChoice {
  /** As `kind create cluster --image` takes it. */
  image: string
  /** The engine does not have it. */
  pull: boolean
  /** Why it was chosen, as one sentence for people. */
  because: string
}

/** Kubernetes from 1.35 on does not start its kubelet on cgroup v1. */
const lastMinorOnCgroup1 = 34
const refusal = 'Kubernetes from 1.35 on refuses cgroup v1, which this machine has'

/**
 * Chooses a node image: `--node-image`, else ROLYPOLY_NODE_IMAGE, else the pinned image if it is present, else the
 * newest `kindest/node` present that runs here, else the pinned image, to be pulled. The pinned image is the newest of
 * kind's release that this machine's cgroup version runs.
 *
 * @throws UsageError when the image named does not run on this machine's cgroup version, or the option is blank.
 */
export function chooseNodeImage(question: NodeImageQuestion): NodeImageChoice {
  const { option, env, present, cgroupVersion } = question
  if (option !== undefined) return named('--node-image', option, question)
  if (env.ROLYPOLY_NODE_IMAGE) return named('ROLYPOLY_NODE_IMAGE', env.ROLYPOLY_NODE_IMAGE, question)

  const onCgroup1 = cgroupVersion === 1 ? `; ${refusal}` : ''
  const pin = pinFor(cgroupVersion)
  const image = `kindest/node:v${pin.version}@${pin.digest}`
  const own = `kind ${kindRelease.version}'s own image of Kubernetes ${pin.version}`
  if (present.some(({ reference }) => isSameImage(image, reference))) {
    return { image, pull: false, because: `${own} is present${onCgroup1}` }
  }
  const newest = newestPresent(present, cgroupVersion)
  if (newest !== undefined) {
    const because = `it is the newest kindest/node present${cgroupVersion === 1 ? ' that runs here' : ''}, and ${own} is not${onCgroup1}`
    return { image: newest, pull: false, because }
  }
  return {
    image,
    pull: true,
    because: `no kindest/node that runs here is present, so ${own} is pulled${onCgroup1}`,
  }
}

function named(by: string, value: string, { present, cgroupVersion }: NodeImageQuestion): NodeImageChoice {
  const image = value.trim()
  if (image === '' || /\s/.test(image)) {
    throw new UsageError(`${by} is ${JSON.stringify(value)}, which is no image's name`, {
      remedy: `Give one such as kindest/node:v${nodeImagePins[0].version}, or leave it out.`,
    })
  }
  const version = versionOf(image)
  if (version && !runsOn(cgroupVersion, version)) {
    const instead = pinFor(cgroupVersion)
    throw new UsageError(`${by} names ${image}, but ${refusal}`, {
      remedy: `Choose an image of Kubernetes 1.34, such as kindest/node:v${instead.version}@${instead.digest}.`,
    })
  }
  const pull = !present.some(({ reference }) => isSameImage(image, reference))
  return { image, pull, because: `${by} names it` }
}

function newestPresent(present: readonly PresentImage[], cgroupVersion: 1 | 2): string | undefined {
  const candidates = present.flatMap(({ reference }) => {
    const version = versionOf(reference)
    const fits = parseReference(reference).repository === 'kindest/node' && version
    return fits && runsOn(cgroupVersion, version) ? [{ reference, version }] : []
  })
  // By name where versions are alike, so that the same machine always gets the same image.
  candidates.sort((a, b) => compareVersions(b.version, a.version) || (a.reference < b.reference ? -1 : 1))
  return candidates[0]?.reference
}

/** An image pulled by digest alone has no tag to tell its version: kind's own are known by their digest. */
function versionOf(reference: string): KubernetesVersion | undefined {
  const { tag, digest } = parseReference(reference)
  const pin = digest && nodeImagePins.find((candidate) => candidate.digest === digest)
  return versionOfTag(pin ? `v${pin.version}` : tag)
}

function runsOn(cgroupVersion: 1 | 2, { minor }: KubernetesVersion): boolean {
  return cgroupVersion === 2 || minor <= lastMinorOnCgroup1
}

function pinFor(cgroupVersion: 1 | 2): NodeImagePin {
  const [newest] = nodeImagePins
  const runs = nodeImagePins.find((pin) => {
    const version = versionOfTag(`v${pin.version}`)
    return version !== undefined && runsOn(cgroupVersion, version)
  })
  return runs ?? newest
}
