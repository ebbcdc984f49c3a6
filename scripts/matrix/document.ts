import type { Result } from '../../harness/model/result.ts'
import { counted } from '../../reports/numbers.ts'
import { code, plain, table } from '../markdown.ts'
import type { Matrix, Row } from './judge.ts'

/** Whether every broken workload was found as it must be, and nobody else was blamed. */
export function isAsItMustBe({ rows, blamed }: Matrix): boolean {
  return rows.length > 0 && rows.every(({ wrong }) => wrong === undefined) && blamed.length === 0
}

/** `28 broken workloads, each found by the claim that it was made for; healthy subjects blamed: 0 of 31`. */
export function summary({ rows, healthy, blamed }: Matrix): string {
  const missed = rows.filter(({ wrong }) => wrong !== undefined).length
  const found =
    missed === 0
      ? 'each found by the claim that it was made for'
      : `${rows.length - missed} found by the claim that it was made for, ${missed} not`
  return `${counted(rows.length, 'broken workload')}, ${found}; healthy subjects blamed: ${blamed.length} of ${healthy}`
}

/** The matrix as a page. `made` is the command that makes it. */
export function matrixPage(matrix: Matrix, results: readonly Result[], made: string): string {
  const { rows, blamed } = matrix
  const versions = new Set(results.map(({ run }) => run.cluster?.kubernetesVersion ?? 'no Kubernetes'))
  const days = results.map(({ run }) => run.startedAt.slice(0, 10)).sort()
  const wrong = rows.filter((row) => row.wrong !== undefined)
  const parts = [
    '# Broken workloads against the claims',
    'Each row is a workload that breaks a promise the way people break it, played on a real cluster: the claim that has to find it, the subject that it named, what it said, and what the other claims of the same scenario came to.',
    `**${summary(matrix)}.**`,
    `Made by ${code(made)} from ${counted(results.length, 'run')} on Kubernetes ${[...versions].join(', ')}, the last of ${days.at(-1)}.`,
    table(
      ['what is broken', 'found by', 'found', 'subject', 'message', 'the other claims'],
      rows.map(cellsOf),
    ),
    ...(wrong.length > 0
      ? ['## Not as it must be', list(wrong.map((row) => `${plain(row.broken)}: ${plain(row.wrong ?? '')}`))]
      : []),
    ...(blamed.length > 0 ? ['## Blamed without a fault of their own', list(blamed.map(plain))] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function cellsOf({ broken, claim, played, found, subject, message, others }: Row): string[] {
  return [
    plain(broken),
    plain(claim),
    `${found} of ${played}`,
    subject === '' ? '–' : code(subject),
    message === '' ? '–' : plain(message.replace(`${subject}: `, '')),
    others.map(({ statement, verdict }) => `${code(statement)} ${verdict}`).join('<br>') || '–',
  ]
}

function list(lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}
