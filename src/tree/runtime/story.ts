// SPDX-License-Identifier: MIT
/** Calls of traced functions as events. */

import type { KernelEvent } from "../../kernel/index.ts";
import type { Platform } from "../../machine/index.ts";
import { TRACES } from "../lower/traces.ts";

function plural(n: bigint, unit: string): string {
  return `${n} ${unit}${n === 1n ? "" : "s"}`;
}

function show(kind: string, value: bigint, { cBit, setMeansShared }: Platform): string {
  const v = BigInt.asUintN(64, value);
  switch (kind) {
    case "bytes":
      return plural(v, "byte");
    case "pages":
      return plural(BigInt.asUintN(32, v), "page");
    case "pfn":
      return `pfn 0x${v.toString(16)}`;
    case "protection": {
      const attribute = cBit < 0 ? "" : ((v >> BigInt(cBit)) & 1n) === (setMeansShared ? 0n : 1n) ? ", encrypted" : ", decrypted";
      return `protection 0x${v.toString(16)}${attribute}`;
    }
    default:
      return `0x${v.toString(16)}`;
  }
}

/** @param places file and line of traced functions */
export function describeCall(id: number, args: readonly bigint[], places: Readonly<Record<string, string>>, platform: Platform): KernelEvent {
  const trace = TRACES[id]!;
  const text = trace.args.flatMap((kind, i) => (kind === "" ? [] : [show(kind, args[i]!, platform)])).join(", ");
  return { function: trace.function, file: places[trace.function] ?? trace.file ?? "", text };
}
