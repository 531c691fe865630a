// SPDX-License-Identifier: MIT
/** Names of the wasm functions on a stack. */

/** Innermost first. The module's name section has the kernel's names; V8 puts the module's own, "linked.wasm", before them. */
export function wasmFrames(error: Error): string[] {
  const names: string[] = [];
  for (const line of (error.stack ?? "").split("\n")) {
    const frame = /at (?:[-\w$]+\.wasm\.)?([-\w$.]+) \(wasm:/.exec(line);
    if (frame !== null) names.push(frame[1]!);
  }
  return names;
}
