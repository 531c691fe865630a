// SPDX-License-Identifier: MIT
/** Errors: what a user did wrong (`CbitError`), what we did wrong (`InternalError`). Simulated faults are values, never these. */

/** Exit codes of the command line (docs/reference/exit-codes.md). */
export const EXIT = {
  holds: 0,
  violation: 1,
  usage: 2,
  tree: 3,
  noVerdict: 4,
  unsupported: 5,
  environment: 6,
  internal: 70,
} as const;

/** One of `EXIT`. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface CbitErrorFields {
  /** Stable code, `CBIT-` and three digits: 1xx usage, 2xx trees, 3xx search, 4xx environment. */
  readonly code: string;
  readonly exit: ExitCode;
  /** One sentence: which input, and what is wrong with it. */
  readonly message: string;
  /** What to do about it: a command where there is one. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A mistake that the user can mend. Printed without a stack. */
export class CbitError extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly hint: string | undefined;

  constructor(fields: CbitErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "CbitError";
    this.code = fields.code;
    this.exit = fields.exit;
    this.hint = fields.hint;
  }
}

/** A bug of ours: exit 70, printed with a stack. */
export class InternalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InternalError";
  }
}

/** Throws an `InternalError` unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Ends a switch over a union: the compiler proves that nothing is left, the run time makes sure. */
export function unreachable(value: never): never {
  throw new InternalError(`unreachable value ${JSON.stringify(value)}`);
}
