// SPDX-License-Identifier: MIT
/** Page contents, WARN and BUG, the log, traced calls: what every module imports. */

import { TRACES } from "../../lower/traces.ts";
import { dataCopy, dataSet } from "../data.ts";
import { wasmFrames } from "../frames.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { KernelStop } from "../stop.ts";
import { describeCall } from "../story.ts";

const BUGFLAG_WARNING = 1;

export function baseFunctions(guest: GuestPort): HostFunctions {
  return {
    cbit_data_set: (to: bigint, byte: number, n: bigint) => void dataSet(guest.port, to, byte, n),
    cbit_data_copy: (to: bigint, from: bigint, n: bigint) => void dataCopy(guest.port, to, from, n),
    // The machine has neither caches nor a TLB that could hold anything back.
    cbit_clflush: () => undefined,
    cbit_wbinvd: () => undefined,
    cbit_flush_tlb: () => undefined,
    cbit_invlpg: () => undefined,
    cbit_write_cr3: () => undefined,
    cbit_bug: (file: bigint, line: number, flags: number) => {
      const at = `${guest.text(Number(file))}:${line}`;
      if ((flags & BUGFLAG_WARNING) === 0) throw new KernelStop("kernel BUG", at);
      guest.warnings.push(`WARN at ${at}`);
      guest.events?.push({ function: "WARN", file: at, text: "WARNING" });
      guest.listener?.warned(at, wasmFrames(new Error("WARN")));
      return undefined;
    },
    cbit_trace: (id: number, ...args: bigint[]) => {
      if (guest.events === null) return undefined;
      guest.events.push(describeCall(id, args, guest.places, guest.machine.config.platform));
      const fn = TRACES[id]!.function;
      const frames = wasmFrames(new Error("trace"));
      guest.calls.push({ function: fn, args: args.map((a) => BigInt.asUintN(64, a)), callers: frames.slice(frames.indexOf(fn) + 1) });
      return undefined;
    },
    cbit_log: (level: number, text: bigint, length: number) => {
      guest.listener?.log(level, guest.text(Number(text), length));
      guest.events?.push({ function: "printk", file: "", text: guest.text(Number(text), length).trim() });
      return undefined;
    },
    cbit_halt: () => {
      throw new KernelStop("the CPU halts for good", "");
    },
    cbit_stop: (why: bigint, what: bigint) => {
      const detail = guest.text(Number(what)).trim();
      throw new KernelStop(`${guest.text(Number(why))}${detail === "" ? "" : `: ${detail}`}`, "");
    },
  };
}
