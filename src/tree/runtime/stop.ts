// SPDX-License-Identifier: MIT
/** How an operation ends that the simulated kernel cannot finish. Thrown through wasm frames, caught at the entry. */

export class KernelStop extends Error {
  /** The kernel's file and line, or the function. */
  readonly at: string;

  constructor(reason: string, at: string) {
    super(reason);
    this.name = "KernelStop";
    this.at = at;
  }
}

/** The innermost kernel functions of a wasm trap's stack, "a <- b <- c". */
export function trapPlace(error: Error): string {
  const names: string[] = [];
  for (const line of (error.stack ?? "").split("\n")) {
    const frame = /at (?:[-\w$]+\.)?([-\w$.]+) \(wasm:/.exec(line);
    if (frame !== null && names.length < 6) names.push(frame[1]!);
  }
  return names.join(" <- ");
}
