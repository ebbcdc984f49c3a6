import type { AppSignal, Behaviour } from '../../../model/behaviour.ts'
import { fullName } from '../../../model/image.ts'
import type { BehaviourInside, Images } from '../world.ts'

interface Image {
  behaviour: BehaviourInside | undefined
  stopSignal: AppSignal
}

export interface ImageOptions {
  /** Its STOPSIGNAL; SIGTERM unless given, and SIGQUIT for the public image of nginx. */
  stopSignal?: AppSignal
}

/** The images that are known on a simulated cluster: what their containers do, or that they do not exist. */
export class SimulatedImages implements Images {
  private readonly images = new Map<string, Image>()

  /** The last word on an image counts. */
  add(
    name: string,
    behaviour: Behaviour | BehaviourInside | 'does not exist',
    options: ImageOptions = {},
  ): void {
    const stopSignal = options.stopSignal ?? usualStopSignal(name)
    this.images.set(fullName(name), {
      behaviour: behaviour === 'does not exist' ? undefined : behaviour,
      stopSignal,
    })
  }

  /** Whether it was said what it does, or that it does not exist. */
  knows(name: string): boolean {
    return this.images.has(fullName(name))
  }

  behaviourOf(image: string): BehaviourInside | undefined {
    return this.images.get(fullName(image))?.behaviour
  }

  stopSignalOf(image: string): AppSignal {
    return this.images.get(fullName(image))?.stopSignal ?? usualStopSignal(image)
  }
}

/** https://github.com/nginx/docker-nginx: STOPSIGNAL SIGQUIT */
function usualStopSignal(name: string): AppSignal {
  return /^docker\.io\/library\/nginx:/.test(fullName(name)) ? 'SIGQUIT' : 'SIGTERM'
}
