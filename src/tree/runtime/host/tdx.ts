// SPDX-License-Identifier: MIT
/**
 * TDCALL: what the TDX module and the VMM do for a TD. Refs: Intel TDX Module ABI specification (TDG.*), Guest-Hypervisor
 * Communication Interface (TDVMCALL), arch/x86/include/asm/shared/tdx.h.
 */

import { clearBit, hasBit } from "../../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED } from "../../../machine/index.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { KernelStop } from "../stop.ts";
import { framesOf, tellChange } from "./page-state.ts";
import { Words } from "./registers.ts";

/** Leaves of the TDX module. */
const VP_VMCALL = 0n;
const VP_INFO = 1n;
const MEM_PAGE_ACCEPT = 6n;
const VM_RD = 7n;
const VM_WR = 8n;

/** Leaves of the VMM. */
const MAP_GPA = 0x10001n;
const REPORT_FATAL_ERROR = 0x10003n;

/** struct tdx_module_args of 6.12, arch/x86/include/asm/shared/tdx.h. */
const ARGS = { rcx: 0, rdx: 1, r8: 2, r9: 3, r10: 4, r11: 5, r12: 6, r13: 7, r14: 8, r15: 9, rbx: 10, rdi: 11, rsi: 12 } as const;

/** The attribute without which Linux does not boot: an access to a page that was never accepted ends the TD, not in a #VE. */
const ATTR_SEPT_VE_DISABLE = 1n << 28n;

const SUCCESS = 0n;
const OPERAND_INVALID = 0xc000_0100_0000_0000n;
const PAGE_ALREADY_ACCEPTED = 0x0000_0b0a_0000_0000n;
const PAGE_SIZE_MISMATCH = 0xc000_0b0b_0000_0000n;

/** A refused TDVMCALL. Ref: GHCI, TDG.VP.VMCALL_INVALID_OPERAND. */
const VMCALL_INVALID_OPERAND = 0x8000_0000_0000_0000n;

/**
 * TDG.VP.VMCALL<MapGPA>: the VMM unmaps the pages on one side and maps them on the other. Pages that are as they were asked to
 * be stay so; what turns private is pending until it is accepted.
 */
function mapGpa(guest: GuestPort, gpa: number, bytes: number): bigint {
  const { platform } = guest.machine.config;
  const shared = hasBit(gpa, platform.cBit);
  if (guest.fails(shared ? "enc_status_change_finish" : "enc_status_change_prepare")) return VMCALL_INVALID_OPERAND;
  guest.costs.hypercalls++;
  if (gpa % 4096 !== 0 || bytes % 4096 !== 0) return VMCALL_INVALID_OPERAND;
  const frames = framesOf(guest, clearBit(gpa, platform.cBit), bytes, "MapGPA");
  for (const frame of frames) {
    if (shared) guest.machine.setPageState(frame, PAGE_SHARED);
    else if (guest.machine.pageState(frame) === PAGE_SHARED) guest.machine.setPageState(frame, PAGE_UNACCEPTED);
  }
  tellChange(guest, "TDVMCALL.MapGPA", frames, shared ? "shared" : "private");
  return SUCCESS;
}

/** TDG.MEM.PAGE.ACCEPT of one page. The secure EPT has 4 KiB entries only. */
function accept(guest: GuestPort, rcx: bigint): bigint {
  guest.costs.hypercalls++;
  if ((rcx & 7n) !== 0n) return PAGE_SIZE_MISMATCH;
  const [frame] = framesOf(guest, Number(rcx), 4096, "TDG.MEM.PAGE.ACCEPT");
  const state = guest.machine.pageState(frame!);
  if (state === PAGE_PRIVATE) return PAGE_ALREADY_ACCEPTED;
  if (state === PAGE_SHARED) throw new KernelStop("TD exit: TDG.MEM.PAGE.ACCEPT of a page that the VMM has not given", "TDG.MEM.PAGE.ACCEPT");
  guest.machine.setPageState(frame!, PAGE_PRIVATE);
  return SUCCESS;
}

function vmcall(guest: GuestPort, args: Words): bigint {
  const fn = args.get(ARGS.r11);
  if (args.get(ARGS.r10) !== 0n) throw new KernelStop(`TDVMCALL of the vendor's kind 0x${args.get(ARGS.r10).toString(16)}, which this VMM does not have`, "__tdx_hypercall");
  if (fn === MAP_GPA) {
    args.set(ARGS.r10, mapGpa(guest, Number(args.get(ARGS.r12)), Number(args.get(ARGS.r13))));
    return SUCCESS;
  }
  if (fn === REPORT_FATAL_ERROR) throw new KernelStop(`the TD reports a fatal error, code 0x${args.get(ARGS.r12).toString(16)}`, "tdx_panic");
  throw new KernelStop(`TDVMCALL 0x${fn.toString(16)}, which this VMM does not have`, "__tdx_hypercall");
}

function tdcall(guest: GuestPort, leaf: bigint, args: Words): bigint {
  switch (leaf) {
    case VP_VMCALL:
      return vmcall(guest, args);
    case VP_INFO:
      args.set(ARGS.rcx, BigInt(guest.machine.config.platform.cBit + 1));
      args.set(ARGS.rdx, ATTR_SEPT_VE_DISABLE);
      return SUCCESS;
    case MEM_PAGE_ACCEPT:
      return accept(guest, args.get(ARGS.rcx));
    case VM_RD:
      args.set(ARGS.r8, 0n);
      return SUCCESS;
    case VM_WR:
      return SUCCESS;
    default:
      return OPERAND_INVALID;
  }
}

export function tdxFunctions(guest: GuestPort): HostFunctions {
  const call = (leaf: bigint, args: bigint): bigint => {
    if (guest.machine.config.platform.encryption !== "tdx") throw new KernelStop("#UD: TDCALL outside of a TD", "__tdcall");
    return tdcall(guest, leaf, new Words(guest, args, 13));
  };
  return { __tdcall: call, __tdcall_ret: call, __tdcall_saved_ret: call };
}
