// SPDX-License-Identifier: MIT
/**
 * What CPU and hypervisor do for SEV-ES and SEV-SNP guests: PVALIDATE, RMPADJUST, VMGEXIT. Refs: AMD APM vol. 2 sec. 15.36,
 * vol. 3 (PVALIDATE, RMPADJUST); SEV-ES Guest-Hypervisor Communication Block Standardization; arch/x86/include/asm/sev-common.h.
 */

import { type Pfn, pfn, physToPfn, virtAddr } from "../../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED } from "../../../machine/index.ts";
import { lowAddress } from "../data.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { KernelFault, KernelStop } from "../stop.ts";
import { framesOf } from "./page-state.ts";
import { Words } from "./registers.ts";

/** Requests and answers in the GHCB register, bits 11:0. */
const SEV_INFO_REQ = 0x002n;
const SEV_INFO_RESP = 0x001n;
const REG_GPA_REQ = 0x012n;
const REG_GPA_RESP = 0x013n;
const PSC_REQ = 0x014n;
const PSC_RESP = 0x015n;
const HV_FT_REQ = 0x080n;
const HV_FT_RESP = 0x081n;
const TERM_REQ = 0x100n;
/** Versions of the protocol: 1 and 2. */
const PROTOCOLS = (2n << 48n) | (1n << 32n);
const HV_FT_SNP = 1n;

/** Linux's own reasons to end: set 1, by number. */
const TERM_SET_LINUX = 1;
const TERM_REASONS = ["REGISTER", "PSC", "PVALIDATE", "NOT_VMPL0", "CPUID", "CPUID_HV", "SECRETS_PAGE", "NO_SVSM", "SVSM_VMPL0", "SVSM_CAA"] as const;

/** Words of the GHCB. */
const GHCB_WORDS = 512;
const SW_EXIT_CODE = 0x390 / 8;
const SW_EXIT_INFO_1 = 0x398 / 8;
const SW_EXIT_INFO_2 = 0x3a0 / 8;
const SW_SCRATCH = 0x3a8 / 8;
const VMGEXIT_PSC = 0x8000_0010n;

/** Operations of a page state change, and the most entries that one request has. */
const PSC_PRIVATE = 1n;
const PSC_SHARED = 2n;
const PSC_MAX = 253n;
const PSC_INVALID_ENTRY = (1n << 32n) | 2n;
const PSC_INVALID_HEADER = (1n << 32n) | 1n;

/** EAX after PVALIDATE; the carry flag says that nothing changed. */
const FAIL_SIZEMISMATCH = 6n;
const CARRY = 1n << 32n;

/** RMPUPDATE: a page that turns private is assigned and not validated; one that is the guest's already stays as it is. */
function rmpUpdate(guest: GuestPort, frame: Pfn, operation: bigint): void {
  if (operation === PSC_SHARED) guest.machine.setPageState(frame, PAGE_SHARED);
  else if (guest.machine.pageState(frame) === PAGE_SHARED) guest.machine.setPageState(frame, PAGE_UNACCEPTED);
}

/** The page state change of the register protocol. */
function changeOne(guest: GuestPort, request: bigint): bigint {
  const operation = (request >> 52n) & 0xfn;
  if (operation !== PSC_PRIVATE && operation !== PSC_SHARED) return PSC_RESP | (1n << 63n);
  const [frame] = framesOf(guest, Number(request & 0xf_ffff_ffff_f000n), 4096, "a page state change");
  rmpUpdate(guest, frame!, operation);
  return PSC_RESP;
}

/** SVM_VMGEXIT_PSC: struct snp_psc_desc where the scratch field points. Returns what SW_EXITINFO2 says. */
function changeMany(guest: GuestPort, at: bigint): bigint {
  const header = new Words(guest, at, 1);
  const [current, end] = [header.get(0) & 0xffffn, (header.get(0) >> 16n) & 0xffffn];
  if (end >= PSC_MAX) return PSC_INVALID_HEADER;
  const entries = new Words(guest, at + 8n, Number(end) + 1);
  const toPrivate = ((entries.get(Number(current)) >> 52n) & 0xfn) === PSC_PRIVATE;
  if (guest.fails(toPrivate ? "enc_status_change_finish" : "enc_status_change_prepare")) return PSC_INVALID_ENTRY;
  guest.costs.hypercalls++;
  for (let i = current; i <= end; i++) {
    const entry = entries.get(Number(i));
    const operation = (entry >> 52n) & 0xfn;
    if (operation !== PSC_PRIVATE && operation !== PSC_SHARED) return PSC_INVALID_ENTRY;
    const huge = ((entry >> 56n) & 1n) === 1n;
    for (const frame of framesOf(guest, Number(entry & 0xf_ffff_ffff_f000n), huge ? 2 ** 21 : 4096, "a page state change")) rmpUpdate(guest, frame, operation);
  }
  header.set(0, ((end + 1n) & 0xffffn) | (end << 16n));
  return 0n;
}

/** An exit whose request is in the GHCB. */
function pageExit(guest: GuestPort, at: bigint): void {
  const ghcb = new Words(guest, at, GHCB_WORDS);
  const code = ghcb.get(SW_EXIT_CODE);
  if (code !== VMGEXIT_PSC) throw new KernelStop(`VMGEXIT 0x${code.toString(16)}, which this hypervisor does not have`, "VMGEXIT");
  ghcb.set(SW_EXIT_INFO_2, changeMany(guest, ghcb.get(SW_SCRATCH)));
  ghcb.set(SW_EXIT_INFO_1, 0n);
}

/** "sev_es_terminate(GHCB_TERM_PSC)". Ref: arch/x86/include/asm/sev-common.h. */
function terminationName(set: number, code: number): string {
  const name = set === TERM_SET_LINUX ? TERM_REASONS[code] : undefined;
  return `sev_es_terminate(${name === undefined ? `reason set ${set}, code ${code}` : `GHCB_TERM_${name}`})`;
}

/** @returns what the GHCB register holds afterwards */
function exit(guest: GuestPort, msr: bigint): bigint {
  const { platform } = guest.machine.config;
  switch (msr & 0xfffn) {
    case 0n:
      pageExit(guest, msr);
      return msr;
    case SEV_INFO_REQ:
      return PROTOCOLS | (BigInt(platform.cBit) << 24n) | SEV_INFO_RESP;
    case REG_GPA_REQ:
      return (msr & ~0xfffn) | REG_GPA_RESP;
    case PSC_REQ:
      return changeOne(guest, msr);
    case HV_FT_REQ:
      return (HV_FT_SNP << 12n) | HV_FT_RESP;
    case TERM_REQ:
      throw new KernelStop(`the guest ends itself: ${terminationName(Number((msr >> 12n) & 0xfn), Number((msr >> 16n) & 0xffn))}`, "");
    default:
      throw new KernelStop(`VMGEXIT with 0x${msr.toString(16)} in the GHCB register, which this hypervisor does not have`, "VMGEXIT");
  }
}

/** PVALIDATE of a page. The RMP has 4 KiB entries only. */
function pvalidate(guest: GuestPort, address: bigint, huge: boolean, validate: boolean): bigint {
  const at = lowAddress(address);
  const t = guest.machine.translate(guest.port.root(), virtAddr(at));
  if (t === null) throw new KernelFault({ kind: "fault", fault: "page-fault", address: at }, "PVALIDATE");
  if (huge) return FAIL_SIZEMISMATCH;
  const frame = pfn(physToPfn(t.pa));
  framesOf(guest, frame * 4096, 4096, "PVALIDATE");
  const state = guest.machine.pageState(frame);
  if (state === PAGE_SHARED) throw new KernelFault({ kind: "fault", fault: "npf-rmp", address: at }, "PVALIDATE");
  if ((state === PAGE_PRIVATE) === validate) return CARRY;
  guest.machine.setPageState(frame, validate ? PAGE_PRIVATE : PAGE_UNACCEPTED);
  return 0n;
}

export function sevFunctions(guest: GuestPort): HostFunctions {
  const only = (feature: "es" | "snp", instruction: string): void => {
    if (!guest.machine.config.platform.sevFeatures.includes(feature)) throw new KernelStop(`#UD: ${instruction} outside of a SEV-${feature.toUpperCase()} guest`, instruction);
  };
  return {
    cbit_ghcb_exit: (msr: bigint) => {
      only("es", "VMGEXIT");
      return exit(guest, BigInt.asUintN(64, msr));
    },
    cbit_pvalidate: (address: bigint, size: number, validate: number) => {
      only("snp", "PVALIDATE");
      return pvalidate(guest, address, size !== 0, validate !== 0);
    },
    // The guest runs at VMPL 0, and permissions of the others are of no concern to it.
    cbit_rmpadjust: () => {
      only("snp", "RMPADJUST");
      return 0;
    },
  };
}
