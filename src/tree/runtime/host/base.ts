// SPDX-License-Identifier: MIT
/** Page contents, WARN and BUG, the log, traced calls: what every module imports. */

import { TRACES } from "../../lower/traces.ts";
import { dataCopy, dataSet } from "../data.ts";
import { wasmFrames } from "../frames.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { CpuHalt, KernelStop } from "../stop.ts";
import { describeCall } from "../story.ts";

const BUGFLAG_WARNING = 1;
/** Steps that a message, and a fill or copy of page contents, cost: far more of the host's time than a jump takes. */
const MESSAGE_STEPS = 100;
const DATA_STEPS = 20;

const CONVERTS = new Set(["set_memory_decrypted", "set_memory_encrypted"].map((fn) => TRACES.findIndex((t) => t.function === fn)));
const BOUNCE = TRACES.findIndex((t) => t.function === "swiotlb_bounce");

/** What a call costs. Conversions do nothing without memory encryption (arch/x86/mm/pat/set_memory.c:2273-2287 __set_memory_enc_dec). */
function countCall({ costs, machine }: GuestPort, id: number, args: readonly bigint[]): void {
  if (id === BOUNCE) costs.bouncedBytes += Number(args[2]);
  if (!CONVERTS.has(id) || machine.config.platform.encryption === "none") return;
  costs.conversions++;
  costs.convertedPages += Number(BigInt.asUintN(32, args[1]!));
}

export function baseFunctions(guest: GuestPort): HostFunctions {
  return {
    cbit_data_set: (to: bigint, byte: number, n: bigint) => {
      guest.spend(DATA_STEPS);
      dataSet(guest.port, to, byte, n);
      return undefined;
    },
    cbit_data_copy: (to: bigint, from: bigint, n: bigint) => {
      guest.spend(DATA_STEPS);
      dataCopy(guest.port, to, from, n);
      return undefined;
    },
    cbit_bug: (file: bigint, line: number, flags: number) => {
      const at = `${guest.text(Number(file))}:${line}`;
      if ((flags & BUGFLAG_WARNING) === 0) throw new KernelStop("kernel BUG", at);
      guest.spend(MESSAGE_STEPS);
      guest.warnings.push(`WARN at ${at}`);
      guest.events?.push({ function: "WARN", file: at, text: "WARNING" });
      guest.listener?.warned(at, wasmFrames(new Error("WARN")));
      return undefined;
    },
    cbit_trace: (id: number, ...args: bigint[]) => {
      countCall(guest, id, args);
      if (guest.events === null) return undefined;
      guest.events.push(describeCall(id, args, guest.places, guest.machine.config.platform));
      const fn = TRACES[id]!.function;
      const frames = wasmFrames(new Error("trace"));
      guest.calls.push({ function: fn, args: args.map((a) => BigInt.asUintN(64, a)), callers: frames.slice(frames.indexOf(fn) + 1) });
      return undefined;
    },
    cbit_log: (level: number, text: bigint, length: number) => {
      guest.spend(MESSAGE_STEPS);
      guest.listener?.log(level, guest.text(Number(text), length));
      guest.events?.push({ function: "printk", file: "", text: guest.text(Number(text), length).trim() });
      return undefined;
    },
    cbit_halt: () => {
      throw new CpuHalt();
    },
    cbit_stop: (why: bigint, what: bigint) => {
      const detail = guest.text(Number(what)).trim();
      throw new KernelStop(`${guest.text(Number(why))}${detail === "" ? "" : `: ${detail}`}`, "");
    },
  };
}
