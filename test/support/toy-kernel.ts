// SPDX-License-Identifier: MIT
/**
 * A kernel of a few words, for tests of what drives kernels: one buffer, one page, one cell of memory. Each mapping has
 * a domain that the test picks; a bounced device has a cell of its own that nobody syncs.
 */

import { pfn } from "../../src/base/index.ts";
import type { Configuration, DriverProfile, FrameState, Kernel, KernelEvent, KernelFactory, Operation, Seen, StepResult, View } from "../../src/kernel/index.ts";
import { type Domain, DOMAIN_HOST, DOMAIN_PLAIN, PLATFORMS } from "../../src/machine/index.ts";

export interface ToyOptions {
  /** Domain of each view; plain where it is left out. */
  readonly domains?: Partial<Record<View["kind"], Domain>>;
  /** The function that chose each view; toy_map where it is left out. */
  readonly choosers?: Partial<Record<View["kind"], string>>;
  /** True: nobody knows who chose a view unless events are recorded, as on trees. */
  readonly recordedChoosers?: boolean;
  readonly bounced?: boolean;
  /** The operation that fails, and how. */
  readonly fails?: { readonly op: Operation["op"]; readonly result: StepResult };
  readonly boot?: Kernel["boot"];
}

export const TOY_DRIVER: DriverProfile = {
  name: "toy",
  title: "a device for tests",
  dmaMaskBits: 64,
  coherentMaskBits: 64,
  useDmaAlloc: "never",
  useDma32: "never",
  tt: "ttm_tt_init",
  ownMapping: "never",
  skipCpuSync: false,
  refs: [],
};

export const TOY_MACHINE: Configuration = { name: "none", platform: PLATFORMS.find((p) => p.name === "none")!, iommu: "off", swiotlb: "default" };

const MAPPED = 0;
const TOKEN = 1;
const DOMAIN = 2;
const BOUNCE = 3;
const KINDS: readonly View["kind"][] = ["linear", "kmap", "vmap", "user", "device"];

class ToyKernel implements Kernel {
  readonly name = "toy:1";
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly boot: Kernel["boot"];
  readonly portableSnapshots = true;
  /** How often `restore` and `views` were called. */
  readonly calls = { restore: 0, views: 0 };
  private words = new Uint32Array(4);
  private log: KernelEvent[] = [];
  private recording = false;
  private readonly options: ToyOptions;

  constructor(configuration: Configuration, driver: DriverProfile, options: ToyOptions) {
    this.configuration = configuration;
    this.driver = driver;
    this.options = options;
    this.boot = options.boot ?? { status: "ready" };
  }

  save(): Uint32Array {
    return this.words.slice();
  }

  restore(snapshot: Uint32Array): void {
    this.calls.restore++;
    this.words.set(snapshot);
  }

  health(): null {
    return null;
  }

  costs(): null {
    return null;
  }

  resetCosts(): void {}

  record(on: boolean): void {
    this.recording = on;
    this.log = [];
  }

  events(): readonly KernelEvent[] {
    const log = this.log;
    this.log = [];
    return log;
  }

  private domainOf(kind: View["kind"]): Domain {
    return this.options.domains?.[kind] ?? DOMAIN_PLAIN;
  }

  private map(kind: View["kind"], on: boolean): void {
    const bit = 1 << KINDS.indexOf(kind);
    this.words[MAPPED] = on ? this.words[MAPPED]! | bit : this.words[MAPPED]! & ~bit;
  }

  views(): readonly View[] {
    this.calls.views++;
    return KINDS.filter((_, i) => ((this.words[MAPPED]! >>> i) & 1) === 1).map((kind) => ({
      buf: 0,
      page: 0,
      kind,
      pfn: pfn(kind === "device" && this.options.bounced === true ? 0x200 : 0x100),
      address: `0x${KINDS.indexOf(kind)}000`,
      cBit: this.domainOf(kind) === DOMAIN_HOST,
      domain: this.domainOf(kind),
      cache: kind === "device" ? null : "WB",
      chosenBy: this.options.recordedChoosers === true && !this.recording ? { function: "", file: "" } : { function: this.options.choosers?.[kind] ?? "toy_map", file: "toy.c:1" },
    }));
  }

  frames(): readonly FrameState[] {
    if (this.words[MAPPED] === 0) return [];
    const storedIn = this.words[DOMAIN]! as Domain;
    const held = (token: number): FrameState["cells"] => [{ at: 0, size: 4096, memory: { bytes: String(token).repeat(32), token: token === 0 ? null : token, storedIn }, dirty: [] }];
    const about = { kind: "ram", linear: null, state: null } as const;
    const own: FrameState = { ...about, pfn: pfn(0x100), pages: [{ buf: 0, page: 0 }], bounces: [], cells: held(this.words[TOKEN]!) };
    const slot: FrameState = { ...about, pfn: pfn(0x200), pages: [], bounces: [{ buf: 0, page: 0 }], cells: held(this.words[BOUNCE]!) };
    return this.options.bounced === true ? [own, slot] : [own];
  }

  private write(kind: View["kind"], value: number): StepResult {
    if (kind === "device" && this.options.bounced === true) this.words[BOUNCE] = value;
    else {
      this.words[TOKEN] = value;
      this.words[DOMAIN] = this.domainOf(kind);
    }
    return { outcome: "done", seen: null };
  }

  private read(kind: View["kind"]): StepResult {
    const bounced = kind === "device" && this.options.bounced === true;
    const token = this.words[bounced ? BOUNCE : TOKEN]!;
    const readIn = this.domainOf(kind);
    const storedIn = (bounced || token === 0 ? readIn : this.words[DOMAIN]!) as Domain;
    const garbage = storedIn !== readIn;
    const digit = garbage ? "e" : String(token);
    const seen: Seen = { bytes: digit.repeat(32), token: garbage || token === 0 ? null : token, storedIn, readIn };
    return { outcome: "done", seen };
  }

  apply(operation: Operation): StepResult {
    if (operation.op === this.options.fails?.op) return this.options.fails.result;
    if (this.recording) this.log.push({ function: "toy_apply", file: "toy.c:2", text: `runs ${operation.op}` });
    switch (operation.op) {
      case "bo_populate":
        this.map("linear", true);
        this.map("device", true);
        break;
      case "bo_vmap":
      case "bo_vunmap":
        this.map("vmap", operation.op === "bo_vmap");
        break;
      case "bo_kmap":
      case "bo_kunmap":
        this.map("kmap", operation.op === "bo_kmap");
        break;
      case "bo_fault":
        this.map("user", true);
        break;
      case "cpu_write":
        return this.write(operation.alias, operation.value);
      case "dev_write":
        return this.write("device", operation.value);
      case "cpu_read":
        return this.read(operation.alias);
      case "dev_read":
        return this.read("device");
      default:
        break;
    }
    return { outcome: "done", seen: null };
  }
}

/** A toy kernel on a machine without encryption. */
export function toyKernel(options: ToyOptions = {}): ToyKernel {
  return new ToyKernel(TOY_MACHINE, TOY_DRIVER, options);
}

export function toyFactory(options: ToyOptions = {}): KernelFactory {
  return { name: "toy:1", policy: "toy", create: (configuration, driver) => new ToyKernel(configuration, driver, options), effectiveKey: () => null };
}
