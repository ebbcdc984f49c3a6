import type { Pair } from '../../timeline/order.ts'
import type { Compared, Parity } from './compare.ts'

/** The page of a comparison, for people: the end of it is read first, so what differs comes last. */
export function parityPage({ scenarios, missing }: Parity): string {
  const alike = scenarios.filter(({ differences }) => differences.length === 0)
  const different = scenarios.filter((scenario) => !alike.includes(scenario))
  return [
    ...alike.flatMap(scenarioLines),
    ...missing.map((line) => `– ${line}`),
    ...(missing.length > 0 ? [''] : []),
    ...different.flatMap(scenarioLines),
    `${alike.length} of ${scenarios.length} scenarios are alike.`,
  ].join('\n')
}

function scenarioLines({ title, events, differences }: Compared): string[] {
  return [
    `${differences.length === 0 ? '✓' : '✗'} ${title}`,
    ...(events.length > 0 ? [`  ${'simulated'.padStart(10)} ${'real'.padStart(10)}`] : []),
    ...events.map(eventLine),
    ...differences.map((difference) => `  ≠ ${difference}`),
    '',
  ]
}

function eventLine({ name, simulatedMs, realMs }: Pair): string {
  return `  ${seconds(simulatedMs)} ${seconds(realMs)}  ${name}`
}

function seconds(ms: number | undefined): string {
  return (ms === undefined ? '–' : `${(ms / 1_000).toFixed(2)} s`).padStart(10)
}
