// SPDX-License-Identifier: MIT
/**
 * What CPUID and the model-specific registers say of the platform. Refs: AMD APM vol. 3 E.4.17 (8000001F), vol. 2 15.34.10
 * (SEV_STATUS), 3.2.1 (SYSCFG); arch/x86/include/asm/shared/tdx.h (leaf 21H); Hyper-V TLFS 2.4 (40000003H, 4000000CH).
 */

import type { Platform, SevFeature } from "../../../machine/index.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { KernelStop } from "../stop.ts";

type Registers = readonly [eax: number, ebx: number, ecx: number, edx: number];

const NOTHING: Registers = [0, 0, 0, 0];
/** "IntelTDX    " in EBX, EDX, ECX. */
const TDX_IDENT: Registers = [0, 0x65746e49, 0x20202020, 0x5844546c];
const HYPERVISOR_PRESENT = 2 ** 31;

/** 8000001F EAX. */
const SME = 1;
const SEV = 2;
const SEV_ES = 8;
const SEV_SNP = 16;
const COHERENT = 1 << 10;

/** 40000003H EBX: HV_ISOLATION. */
const HV_ISOLATION = 1 << 22;
/** 4000000CH EBX: the kind of isolation; whether there is a boundary, and its bit. Ref: include/asm-generic/mshyperv.h (isolation_config_b). */
const HV_ISOLATION_SNP = 2;
const BOUNDARY_ACTIVE = 1 << 5;
const BOUNDARY_SHIFT = 6;

const has = (platform: Platform, feature: SevFeature): boolean => platform.sevFeatures.includes(feature);

/** The paravisor hides SEV from a guest with vTOM. Ref: arch/x86/hyperv/ivm.c hv_vtom_init. */
function showsSev(platform: Platform): boolean {
  return platform.encryption === "sme" || (platform.encryption === "sev" && !has(platform, "vtom"));
}

function encryptionLeaf(platform: Platform): Registers {
  if (!showsSev(platform)) return NOTHING;
  const sev = SEV | (has(platform, "es") ? SEV_ES : 0) | (has(platform, "snp") ? SEV_SNP : 0);
  return [(platform.encryption === "sme" ? SME : sev) | (platform.smeCoherent ? COHERENT : 0), platform.cBit, 0, 0];
}

function leafOf(platform: Platform, leaf: number): Registers {
  switch (leaf) {
    case 1:
      return [0, 0, platform.guest ? HYPERVISOR_PRESENT : 0, 0];
    case 0x21:
      return platform.encryption === "tdx" ? TDX_IDENT : NOTHING;
    case 0x4000_0003:
      return has(platform, "vtom") ? [0, HV_ISOLATION, 0, 0] : NOTHING;
    case 0x4000_000c:
      return has(platform, "vtom") ? [1, HV_ISOLATION_SNP | BOUNDARY_ACTIVE | (platform.cBit << BOUNDARY_SHIFT), 0, 0] : NOTHING;
    case 0x8000_0000:
      return [showsSev(platform) ? 0x8000_001f : 0x8000_0008, 0, 0, 0];
    case 0x8000_001f:
      return encryptionLeaf(platform);
    default:
      return NOTHING;
  }
}

const MSR_SYSCFG = 0xc001_0010;
const MSR_SEV_STATUS = 0xc001_0131;
/** SYSCFG: MEM_ENCRYPT. */
const MEM_ENCRYPT = 1n << 23n;

function registerOf(platform: Platform, msr: number): bigint {
  switch (msr) {
    case MSR_SYSCFG:
      return platform.encryption === "sme" ? MEM_ENCRYPT : 0n;
    case MSR_SEV_STATUS:
      return platform.encryption === "sev" ? 1n | (has(platform, "es") ? 2n : 0n) | (has(platform, "snp") ? 4n : 0n) : 0n;
    default:
      throw new KernelStop(`#GP: the machine has no model-specific register 0x${msr.toString(16)}`, "rdmsr");
  }
}

export function cpuidFunctions(guest: GuestPort): HostFunctions {
  return {
    cbit_cpuid: (leaf: number, subleaf: number, register: number) => (subleaf === 0 ? leafOf(guest.machine.config.platform, leaf >>> 0)[register]! | 0 : 0),
    cbit_machine_msr: (msr: number) => registerOf(guest.machine.config.platform, msr >>> 0),
  };
}
