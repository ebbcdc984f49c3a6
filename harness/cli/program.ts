import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { timingOfVersion } from '../model/cluster-timing.ts'
import { type Duration, toMs } from '../model/duration.ts'
import { rolypolyVersion } from '../scenario/version.ts'

/** The command line. What a command needs is loaded when it is run. */
export function program(): Command {
  const root = new Command('rolypoly')
    .description(
      'Knocks a workload over on a real Kubernetes cluster, and checks that it gets up the way Kubernetes promises.',
    )
    .version(rolypolyVersion())
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()

  root
    .command('run')
    .description(
      'run scenarios on a cluster and write a report; exit status 0 passed, 1 violated, 2 error, 3 not judged, 130 interrupted',
    )
    .argument('[filters...]', 'run only scenario files whose path holds one of these')
    .addOption(
      new Option('--cluster <provider>', 'where to run')
        .choices(['auto', 'kind', 'existing', 'simulated'])
        .default('auto'),
    )
    .option('--nodes <n>', 'nodes of the kind cluster, its control plane among them', whole(1, 20), 3)
    .option('--node-image <ref>', "the kind nodes' image", some)
    .option(
      '--seed <n>',
      'of simulated clusters: the same one plays the same run again',
      whole(0, 2 ** 31 - 1),
    )
    .option('--keep', 'leave the cluster for the next run with --keep to reuse', false)
    .option('--control', 'leave the faults out: every response must then fail, every invariant hold', false)
    .option('--report <dir>', "the run's folder, in place of reports/runs/<id>", some)
    .option('--shard <i/n>', 'run only this part of the scenario files', shard)
    .option('--deadline <duration>', 'how long the whole run may take', duration, '45m' as Duration)
    .optionsGroup('On a cluster that the run does not make:')
    .option(
      '--context <name>',
      'the context of a kubeconfig: always named, the current one is never taken',
      some,
    )
    .option('--kubeconfig <file>', 'in place of $KUBECONFIG and ~/.kube/config; only read', some)
    .option(
      '--dry-run',
      'list what each scenario would do there and the permissions it takes; only ask',
      false,
    )
    .option(
      '--helper-image <ref>',
      "the image of rolypoly's own pods: `rolypoly doctor --rbac` says which it is",
      some,
    )
    .option('--images-present', 'the images that charts build have been brought there', false)
    .option('--allow-node-faults <nodes>', 'nodes that may be hurt, as worker-1,worker-2', names, [])
    .option('--allow-privileged', 'privileged pods may run, as failProbe needs one', false)
    .option('--at-most-hurt <n>', 'so many pods at once, of the whole run; 10 unless given', whole(1, 10_000))
    .action(async (filters: string[], options) => {
      const { runCommand } = await import('./run.ts')
      process.exitCode = await runCommand(filters, options)
    })

  root
    .command('predict')
    .description(
      'say without a cluster what should follow each fault and when, and what is weak in the spec; exit status 0 understood, 2 not',
    )
    .argument('<file>', 'a manifest, a folder of them, or a chart in TypeScript or JavaScript')
    .option('--kubernetes <version>', 'predict for a cluster of this version', version, '1.34')
    .option('--export <name>', "the chart's function, where its file exports several", some)
    .option('--options <json>', 'what that function is called with', some)
    .option('--json', 'print JSON', false)
    .action(async (file: string, options) => {
      const { predictCommand } = await import('./predict.ts')
      await predictCommand(file, options)
      // What a chart's module has left open holds nobody up.
      process.exit(0)
    })

  root
    .command('doctor')
    .description(
      'say what this machine has and lacks, and what mends it; exit status 0 a run on a real cluster can be made, 2 not',
    )
    .option('--rbac', 'print the least ClusterRole of a run on an existing cluster instead', false)
    .option('--allow-node-faults <nodes>', 'with --rbac: these nodes may be hurt', names, [])
    .option('--allow-privileged', 'with --rbac: privileged pods may run', false)
    .action(async (options: { rbac: boolean; allowNodeFaults: string[]; allowPrivileged: boolean }) => {
      if (options.rbac) {
        const { rbacCommand } = await import('./rbac.ts')
        return rbacCommand(options)
      }
      const { doctorCommand } = await import('./doctor.ts')
      process.exitCode = await doctorCommand()
    })

  root
    .command('sweep')
    .description(
      'undo what dead runs left: delete their clusters, mend those that were to be kept; exit status 0 clean, 2 something is left',
    )
    .option('--kept', 'delete the clusters that were kept for reuse too', false)
    .option('--context <name>', "in a cluster that is not the run's own: the namespaces of dead runs", some)
    .option('--kubeconfig <file>', 'with --context: in place of $KUBECONFIG and ~/.kube/config', some)
    .action(async (options: { kept: boolean; context?: string; kubeconfig?: string }) => {
      const { sweepCommand } = await import('./sweep.ts')
      process.exitCode = await sweepCommand(options)
    })

  root
    .command('report')
    .description("make a run's pages again from its result.json")
    .argument('<folder>', "the run's folder")
    .action(async (folder: string) => {
      const { reportCommand } = await import('./report.ts')
      await reportCommand(folder)
    })

  root
    .command('parity')
    .description(
      'lay a simulated run beside one on a real cluster, event by event; exit status 0 alike, 1 not',
    )
    .argument('<simulated>', "the simulated run's folder")
    .argument('<real>', "the real run's folder")
    .action(async (simulated: string, real: string) => {
      const { parityCommand } = await import('./parity.ts')
      process.exitCode = await parityCommand(simulated, real)
    })

  root
    .command('kind')
    .description('pass arguments through to the kind binary that rolypoly uses')
    .argument('[arguments...]')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(async (args: string[]) => {
      const { kindCommand } = await import('./kind.ts')
      process.exitCode = await kindCommand(args)
    })
  for (const command of root.commands) command.exitOverride().showSuggestionAfterError()
  return root
}

/** Decimal digits alone: JavaScript takes an empty text for 0, and much else for a number. */
function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (!/^\d+$/.test(text) || n < least || n > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is expected.`)
    return n
  }
}

/** As a variable that is not set leaves it, nothing is meant by it. */
function some(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('it is empty.')
  return text
}

function names(text: string): string[] {
  const listed = text.split(',')
  if (listed.some((name) => !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)))
    throw new InvalidArgumentError('names of nodes are expected, with commas between them.')
  return listed
}

function version(text: string): string {
  if (/^v?(?!1\.)\d+\./.test(text))
    throw new InvalidArgumentError('a version of Kubernetes 1 is expected, as 1.34.')
  try {
    timingOfVersion(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : '')
  }
  return text
}

function shard(text: string): string {
  const [i, n] = text.split('/').map(Number)
  if (!/^\d+\/\d+$/.test(text) || !i || !n || i > n)
    throw new InvalidArgumentError('i/n is expected, as 1/3.')
  return text
}

function duration(text: string): Duration {
  try {
    toMs(text as Duration)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : '')
  }
  return text as Duration
}

export { CommanderError }
