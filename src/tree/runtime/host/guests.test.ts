// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { pfn } from "../../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED, type PageState } from "../../../machine/index.ts";
import { TestMachine } from "../../../machine/test-machine.ts";
import { type GuestPort, type HostFunction, noCosts } from "../guest-port.ts";
import { cpuidFunctions } from "./cpuid.ts";
import { hypervFunctions } from "./hyperv.ts";
import { sevFunctions } from "./sev.ts";
import { tdxFunctions } from "./tdx.ts";

/** A test machine's frame 0x10 to 0x17 with 8 KiB of the guest's memory beside it. */
class Guest {
  readonly machine: TestMachine;
  readonly bytes = new Uint8Array(8192);
  private readonly words = new DataView(this.bytes.buffer);
  private readonly functions: Readonly<Record<string, HostFunction>>;

  constructor(platform: string) {
    this.machine = new TestMachine({ platform });
    const { m, root } = this.machine;
    const port = { machine: m, root: () => root, ramStart: 0x10000, ramEnd: 0x18000, bytes: () => this.bytes };
    const guest: GuestPort = { machine: m, events: null, calls: [], warnings: [], device: { addressBits: 64 }, deviceFault: null, places: {}, port, listener: null, spend: () => undefined, callInside: () => undefined, stale: null, injected: false, costs: noCosts(), fails: () => false, text: () => "" };
    this.functions = { ...cpuidFunctions(guest), ...tdxFunctions(guest), ...sevFunctions(guest), ...hypervFunctions(guest) };
  }

  call(name: string, ...args: (number | bigint)[]): number | bigint | undefined {
    return this.functions[name]!(...args);
  }

  /** Sets words of the guest's memory, by their address. */
  put(words: Readonly<Record<number, bigint>>): void {
    for (const [at, value] of Object.entries(words)) this.words.setBigUint64(Number(at), value, true);
  }

  get(at: number): bigint {
    return this.words.getBigUint64(at, true);
  }

  states(first: number, count: number): PageState[] {
    return Array.from({ length: count }, (_, i) => this.machine.m.pageState(pfn(first + i)));
  }
}

describe("a TD's calls", () => {
  const SHARED_BIT = 1n << 47n;

  /** struct tdx_module_args at 0. */
  function mapGpa(guest: Guest, gpa: bigint, bytes: bigint): bigint {
    guest.put({ 32: 0n, 40: 0x10001n, 48: gpa, 56: bytes });
    expect(guest.call("__tdcall_saved_ret", 0n, 0n)).toBe(0n);
    return guest.get(32);
  }

  function accept(guest: Guest, rcx: bigint): bigint {
    guest.put({ 0: rcx });
    return guest.call("__tdcall", 6n, 0n) as bigint;
  }

  it("TDG.VP.INFO says the width, and that no #VE comes of a page that was never accepted", () => {
    for (const [platform, width] of [["tdx", 48n], ["tdx-gpaw52", 52n]] as const) {
      const guest = new Guest(platform);
      expect(guest.call("__tdcall_ret", 1n, 0n)).toBe(0n);
      expect([guest.get(0), guest.get(8)]).toEqual([width, 1n << 28n]);
    }
  });

  it("a page goes from private to shared at once, and back by being accepted", () => {
    const guest = new Guest("tdx");
    expect(mapGpa(guest, SHARED_BIT | 0x11000n, 0x2000n)).toBe(0n);
    expect(guest.states(0x10, 4)).toEqual([PAGE_PRIVATE, PAGE_SHARED, PAGE_SHARED, PAGE_PRIVATE]);
    expect(mapGpa(guest, 0x11000n, 0x2000n)).toBe(0n);
    expect(guest.states(0x11, 2)).toEqual([PAGE_UNACCEPTED, PAGE_UNACCEPTED]);
    expect(accept(guest, 0x11000n | 1n)).toBe(0xc000_0b0b_0000_0000n);
    expect(accept(guest, 0x11000n)).toBe(0n);
    expect(guest.states(0x11, 2)).toEqual([PAGE_PRIVATE, PAGE_UNACCEPTED]);
  });

  it("accepting twice is told, and accepting what the VMM has not given ends the TD", () => {
    const guest = new Guest("tdx");
    expect(accept(guest, 0x11000n)).toBe(0x0000_0b0a_0000_0000n);
    mapGpa(guest, SHARED_BIT | 0x11000n, 0x1000n);
    expect(() => accept(guest, 0x11000n)).toThrow(/TD exit/);
  });

  it("refuses what is not aligned, and memory that is no RAM", () => {
    const guest = new Guest("tdx");
    expect(mapGpa(guest, 0x11001n, 0x1000n)).not.toBe(0n);
    expect(() => mapGpa(guest, 0x18000n, 0x1000n)).toThrow(/not simulated RAM: pfn 0x18/);
  });

  it("is an invalid instruction elsewhere", () => {
    expect(() => new Guest("sev-snp").call("__tdcall", 6n, 0n)).toThrow(/#UD: TDCALL/);
  });
});

describe("an SNP guest's instructions", () => {
  const NO_CHANGE = 1n << 32n;
  const PRIVATE = 1n << 52n;
  const SHARED = 2n << 52n;

  it("PVALIDATE changes between private and not validated, and says where nothing changes", () => {
    const guest = new Guest("sev-snp");
    const at = BigInt(guest.machine.map(1, 0x12, true));
    expect(guest.call("cbit_pvalidate", at, 0, 1)).toBe(NO_CHANGE);
    expect(guest.call("cbit_pvalidate", at, 0, 0)).toBe(0n);
    expect(guest.states(0x12, 1)).toEqual([PAGE_UNACCEPTED]);
    expect(guest.call("cbit_pvalidate", at, 0, 0)).toBe(NO_CHANGE);
    expect(guest.call("cbit_pvalidate", at, 1, 1)).toBe(6n);
    expect(guest.call("cbit_pvalidate", at, 0, 1)).toBe(0n);
    expect(guest.states(0x12, 1)).toEqual([PAGE_PRIVATE]);
  });

  it("PVALIDATE faults where nothing is mapped, and on a page of the hypervisor's", () => {
    const guest = new Guest("sev-snp");
    expect(() => guest.call("cbit_pvalidate", 0x3000n, 0, 1)).toThrow(/page-fault/);
    guest.machine.m.setPageState(pfn(0x12), PAGE_SHARED);
    expect(() => guest.call("cbit_pvalidate", BigInt(guest.machine.map(1, 0x12, true)), 0, 1)).toThrow(/npf-rmp/);
  });

  it("a page state change through the register: what the guest has stays validated", () => {
    const guest = new Guest("sev-snp");
    expect(guest.call("cbit_ghcb_exit", SHARED | 0x11000n | 0x14n)).toBe(0x15n);
    expect(guest.states(0x10, 3)).toEqual([PAGE_PRIVATE, PAGE_SHARED, PAGE_PRIVATE]);
    guest.call("cbit_ghcb_exit", PRIVATE | 0x11000n | 0x14n);
    guest.call("cbit_ghcb_exit", PRIVATE | 0x12000n | 0x14n);
    expect(guest.states(0x10, 3)).toEqual([PAGE_PRIVATE, PAGE_UNACCEPTED, PAGE_PRIVATE]);
  });

  it("a page state change through the GHCB does all entries and says so", () => {
    const guest = new Guest("sev-snp");
    const ghcb = 0x1000;
    guest.put({ [ghcb + 0x390]: 0x8000_0010n, [ghcb + 0x3a8]: 0x1800n, 0x1800: 1n << 16n, 0x1808: SHARED | 0x13000n, 0x1810: SHARED | 0x15000n });
    expect(guest.call("cbit_ghcb_exit", 0x1000n)).toBe(0x1000n);
    expect(guest.states(0x12, 4)).toEqual([PAGE_PRIVATE, PAGE_SHARED, PAGE_PRIVATE, PAGE_SHARED]);
    expect([guest.get(ghcb + 0x398), guest.get(ghcb + 0x3a0), guest.get(0x1800)]).toEqual([0n, 0n, 2n | (1n << 16n)]);
  });

  it("an entry that asks for something else is refused", () => {
    const guest = new Guest("sev-snp");
    guest.put({ 0x1390: 0x8000_0010n, 0x13a8: 0x1800n, 0x1800: 0n, 0x1808: (7n << 52n) | 0x13000n });
    guest.call("cbit_ghcb_exit", 0x1000n);
    expect(guest.get(0x13a0)).toBe((1n << 32n) | 2n);
    expect(guest.states(0x13, 1)).toEqual([PAGE_PRIVATE]);
  });

  it("the protocol, features, the GHCB's address, and the end", () => {
    const guest = new Guest("sev-snp");
    expect(guest.call("cbit_ghcb_exit", 2n)).toBe((2n << 48n) | (1n << 32n) | (51n << 24n) | 1n);
    expect(guest.call("cbit_ghcb_exit", 0x80n)).toBe(0x1081n);
    expect(guest.call("cbit_ghcb_exit", 0x5012n)).toBe(0x5013n);
    expect(() => guest.call("cbit_ghcb_exit", 0x1_1100n)).toThrow("the guest ends itself: sev_es_terminate(GHCB_TERM_PSC)");
    expect(() => new Guest("sev").call("cbit_ghcb_exit", 2n)).toThrow(/#UD: VMGEXIT/);
  });
});

describe("hypercalls of an isolated VM", () => {
  const CODE = 0xdbn;

  it("makes pages visible to the host and takes them back, from the page that the repetition begins with", () => {
    const guest = new Guest("sev-snp-vtom");
    guest.put({ 0: ~0n & 0xffff_ffff_ffff_ffffn, 8: 3n, 16: 0x11n, 24: 0x13n });
    expect(guest.call("cbit_hypercall", CODE | (2n << 32n), 0n, 0n)).toBe(2n << 32n);
    expect(guest.states(0x11, 3)).toEqual([PAGE_SHARED, PAGE_PRIVATE, PAGE_SHARED]);
    guest.put({ 8: 0n });
    expect(guest.call("cbit_hypercall", CODE | (2n << 32n) | (1n << 48n), 0n, 0n)).toBe(2n << 32n);
    expect(guest.states(0x11, 3)).toEqual([PAGE_SHARED, PAGE_PRIVATE, PAGE_PRIVATE]);
  });

  it("refuses another visibility", () => {
    const guest = new Guest("sev-snp-vtom");
    guest.put({ 8: 1n, 16: 0x11n });
    expect(guest.call("cbit_hypercall", CODE | (1n << 32n), 0n, 0n)).toBe(5n);
  });
});

describe("what the CPU says", () => {
  const eax = (platform: string): bigint | number | undefined => new Guest(platform).call("cbit_cpuid", 0x8000_001f | 0, 0, 0);

  it("8000001F has the technologies", () => {
    expect(["none", "tsme", "sme-zen2", "sme-zen3", "sev", "sev-es", "sev-snp", "sev-snp-vtom", "tdx"].map(eax)).toEqual([0, 0, 1, 0x401, 0x402, 0x40a, 0x41a, 0, 0]);
  });

  it("the status register has what is on, and there is no other", () => {
    const status = (platform: string): bigint | number | undefined => new Guest(platform).call("cbit_machine_msr", 0xc001_0131 | 0);
    expect(["sme-zen2", "sev", "sev-es", "sev-snp"].map(status)).toEqual([0n, 1n, 3n, 7n]);
    expect(() => new Guest("none").call("cbit_machine_msr", 0x10)).toThrow(/#GP.*0x10/);
  });
});
