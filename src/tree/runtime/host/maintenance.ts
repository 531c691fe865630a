// SPDX-License-Identifier: MIT
/** Caches and TLB, on the machine. Costs are counted here: flushes of the TLB, pages whose lines are flushed. */

import { PAGE_SIZE, pageOffset, pfn, physToPfn, virtAddr } from "../../../base/index.ts";
import { lowAddress } from "../data.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";

/** boot_cpu_data.x86_clflush_size (guest/x86/cpu.c). */
const LINE_BYTES = 64;
const ALL = (1n << 64n) - 1n;

/** CLFLUSH, CLFLUSHOPT: the cells that begin in the line. Lines of what is no simulated RAM are never held. */
function clflush(guest: GuestPort, address: bigint): void {
  const { machine } = guest;
  const va = lowAddress(address);
  if (va % PAGE_SIZE === 0) guest.costs.cacheFlushes++;
  if (machine.caches === null) return;
  const t = machine.translate(guest.port.root(), virtAddr(va));
  if (t === null) return;
  const frame = physToPfn(t.pa);
  if (!machine.memory.contains(frame)) return;
  const { stride } = machine.memory;
  const start = pageOffset(t.pa);
  for (let at = Math.ceil(start / stride) * stride; at < Math.min(start + LINE_BYTES, PAGE_SIZE); at += stride) machine.flushLine({ frame, cell: at / stride }, t.cBit);
}

/** Where caches or single bytes count, contents stay: a line or a byte of them may come back. */
function forget({ machine }: GuestPort, first: number, count: number): undefined {
  if (machine.caches !== null || machine.memory.ram.cells > 1) return;
  for (let i = 0; i < count; i++) machine.memory.poison(pfn(first + i));
}

export function maintenanceFunctions(guest: GuestPort): HostFunctions {
  return {
    cbit_clflush: (line: bigint) => void clflush(guest, line),
    cbit_wbinvd: () => void guest.machine.wbinvd(),
    cbit_flush_tlb: (start: bigint, end: bigint) => {
      if (BigInt.asUintN(64, end) === ALL) guest.stale?.flushAll();
      else guest.stale?.flush(lowAddress(BigInt.asUintN(64, start)), lowAddress(BigInt.asUintN(64, end)));
      return undefined;
    },
    cbit_invlpg: (address: bigint) => void guest.stale?.flush(lowAddress(address), lowAddress(address) + 1),
    cbit_write_cr3: () => void guest.stale?.flushAll(),
    cbit_forget_contents: (pfn: number, count: number) => forget(guest, pfn, count),
    cbit_flushed: () => void guest.costs.tlbFlushes++,
    cbit_injected: () => void (guest.injected = true),
  };
}
