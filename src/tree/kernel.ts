// SPDX-License-Identifier: MIT
/** The user's tree as an implementation of the kernel contract. */

import { assert, pfn } from "../base/index.ts";
import {
  type AccessOperation,
  applies,
  type BootResult,
  type Configuration,
  type Costs,
  type DriverProfile,
  errnoName,
  type FrameState,
  type Health,
  type Kernel,
  type KernelEvent,
  type KernelFactory,
  type Operation,
  runAccess,
  type Snapshot,
  STOPPED_AT_BOOT,
  type StepResult,
  stopText,
  unsupportedReason,
  type View,
} from "../kernel/index.ts";
import type { Device } from "../machine/index.ts";
import type { Manifest } from "./build/prepare.ts";
import { architectureOn } from "./architectures.ts";
import { bootOptions, domainOf, driverUnsupported, treeUnsupported } from "./boot.ts";
import { ChooserRecord } from "./choosers.ts";
import { type ContractModule, driverModuleOf, type ModuleLeft, probeArguments } from "./drivers.ts";
import { Frames, treeHealth } from "./health.ts";
import { architectureOf, CONTRACTS, DRIVER_MODULES, type DriverModule } from "./modules/index.ts";
import { callOf, isEnvironment, runOnMachine } from "./operations/index.ts";
import { noCosts } from "./runtime/guest-port.ts";
import { Places } from "./places.ts";
import { Guest } from "./runtime/guest.ts";
import { StateStore, wordsPart } from "./runtime/state.ts";
import { KernelFault, placedStopOf } from "./runtime/stop.ts";
import { compileModule } from "./runtime/wasm.ts";
import { allFrames, allViews } from "./views.ts";

const DONE: StepResult = { outcome: "done", seen: null };

/** Parts of the state. */
const GUEST = 0;
const MACHINE = 1;
const HIGH_PAGES = 2;
const EOPNOTSUPP = 95;
const OF_THE_BAR: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["ioremap", "iounmap"]);
/** The stack lies below this address (build/link.ts) and is empty between operations. */
const STACK_BYTES = 65536;

class TreeKernel implements Kernel {
  readonly name: string;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly boot: BootResult;
  /** States are named by numbers that this kernel alone gave. */
  readonly portableSnapshots = false;
  /** The slab and page lists of the tree's own heap (guest/heap.c) show the order in which operations ran. */
  readonly sharing = "heap";
  private readonly guest: Guest;
  private readonly store: StateStore;
  private readonly device: Device;
  private readonly places: Places;
  private readonly choosers: ChooserRecord;
  /** Arguments of the driver's probe. */
  private readonly probe: readonly number[];
  private frameList: Frames | null = null;
  private seen: { views: readonly View[] | null; frames: readonly FrameState[] | null; health: Health | null } = { views: null, frames: null, health: null };
  private crashed = false;

  /** @param missing why there is no module for the machine's architecture; null where there is one */
  constructor(name: string, module: ContractModule, configuration: Configuration, driver: DriverProfile, missing: string | null) {
    const { wasm, manifest } = module;
    this.name = name;
    this.configuration = configuration;
    this.driver = driver;
    this.device = { addressBits: driver.dmaMaskBits };
    this.choosers = new ChooserRecord(manifest.places);
    const { platform } = configuration;
    const { name: arch, pageTables, lowestRam } = architectureOf(manifest.module);
    const reason = unsupportedReason(configuration) ?? missing ?? treeUnsupported(arch, configuration) ?? driverUnsupported(arch, driver, manifest.release, manifest.drivers);
    const { coherent = true, tlb = false, cells = 1, granule, ramGiB = 2 } = configuration;
    const machine = { platform, iommu: reason === null ? domainOf(configuration, driver) : ("off" as const), pageTables, coherent, tlb, ...(granule === undefined ? {} : { granule }) };
    this.guest = new Guest(wasm, manifest.imports, manifest.places, machine, { lowestRam, cells, ramGiB: reason === null ? ramGiB : 2 });
    this.probe = probeArguments(module, driver);
    this.boot = reason === null ? this.start() : { status: "unsupported", reason };
    const { guest } = this;
    guest.device = { addressBits: driver.dmaMaskBits };
    this.places = new Places(guest, driver.rangeOffset ?? 0);
    this.store = new StateStore([
      {
        chunks: (guest.stateBytes - STACK_BYTES) / 4096,
        changes: (all) => (all ? guest.acceptAll(STACK_BYTES) : guest.changes(STACK_BYTES)),
        read: (chunk) => guest.words.subarray((STACK_BYTES + chunk * 4096) / 4, (STACK_BYTES + (chunk + 1) * 4096) / 4),
        write: (chunk, words) => guest.putChunk(STACK_BYTES + chunk * 4096, words),
      },
      wordsPart(guest.machineState),
      wordsPart(this.boot.status === "ready" ? guest.highPages : new Uint32Array()),
    ]);
  }

  private start(): BootResult {
    const { driver } = this;
    // Probes of PCI drivers are not in the slice: what they decline is taken from the profile.
    if (driver.refuses !== undefined && applies(driver.refuses.when, this.configuration)) {
      return { status: "refused", reason: `${driver.refuses.reason} (${driver.refuses.ref})` };
    }
    if (driver.accepted === true) this.guest.machine.deviceAccepted = true;
    const stage = { probing: false };
    try {
      const refused = this.bringUp(stage);
      return refused === null ? { status: "ready" } : { status: "refused", reason: `${refused.by}: ${errnoName(refused.error)}` };
    } catch (error) {
      // The machine does not let the driver's own probe through: on hardware it would end the same way.
      if (stage.probing && error instanceof KernelFault) return { status: "refused", reason: `the driver's probe ends in ${error.message}` };
      return { status: "unsupported", reason: `${STOPPED_AT_BOOT}${stopText(placedStopOf(error))}` };
    }
  }

  /** From the kernel's entry to a probed driver. @returns what declines, and its error; null where all goes well @throws KernelStop, KernelFault */
  private bringUp(stage: { probing: boolean }): { by: string; error: number } | null {
    const { guest, driver } = this;
    for (const [name, value] of Object.entries(bootOptions(this.configuration, driver))) guest.call(`cbit_set_${name}`, value);
    guest.call("cbit_pages_from_top", 1);
    const booted = guest.call("cbit_boot");
    if (booted < 0) return { by: "boot", error: booted };
    guest.call("cbit_settle");
    stage.probing = true;
    const probed = guest.call("cbit_probe", ...this.probe);
    guest.call("cbit_settle");
    if (probed < 0) return { by: "the driver's probe", error: probed };
    guest.call("cbit_dma_ready");
    guest.call("cbit_settle");
    guest.call("cbit_ready");
    guest.watchTables();
    return null;
  }

  /** A new kernel in the place of the old one, up to its driver's probe. @returns 0 or a negative errno @throws as `bringUp` */
  private startNext(): number {
    const { guest, driver } = this;
    guest.reload();
    // ASSUMED (may miss bugs): the next driver's probe resets the device, and what is in VRAM is gone.
    const { bar } = guest.machine.config.ram;
    if (driver.vram === true && bar) for (let i = 0; i < bar.frames; i++) guest.machine.memory.forget(pfn(bar.firstPfn + i));
    return this.bringUp({ probing: false })?.error ?? 0;
  }

  driverFacts(): DriverFacts {
    const fact = (which: number): number => this.guest.call("cbit_driver_fact", which);
    return { useDmaAlloc: fact(0) !== 0, useDma32: fact(1) !== 0, dmaMaskBits: fact(2), coherentMaskBits: fact(3) };
  }

  private get ram(): Frames {
    return (this.frameList ??= new Frames(this.guest, this.configuration));
  }

  save(): Snapshot {
    return this.store.save();
  }

  restore(snapshot: Snapshot): void {
    this.crashed = false;
    this.store.restore(snapshot);
    this.guest.stale?.forget();
    this.forgetSeen();
  }

  /** The kernel has run, or has another state. Accesses change what frames hold, and nothing else. */
  private forgetSeen(): void {
    this.places.forget();
    this.seen = { views: null, frames: null, health: null };
  }

  apply(operation: Operation): StepResult {
    assert(this.boot.status === "ready", "tree: this configuration did not boot");
    switch (operation.op) {
      case "cpu_write":
      case "dev_write":
      case "host_write":
        this.store.touch(MACHINE);
        this.seen.frames = null;
        return runAccess(this.guest.machine, this.device, this.places, operation);
      case "cpu_read":
      case "dev_read":
      case "host_read":
        return runAccess(this.guest.machine, this.device, this.places, operation);
      default:
        try {
          return this.run(operation);
        } finally {
          this.forgetSeen();
        }
    }
  }

  private run(operation: Exclude<Operation, AccessOperation>): StepResult {
    if (isEnvironment(operation)) {
      this.store.touch(MACHINE);
      const result = runOnMachine(this.guest.machine, this.places, operation);
      if (result !== null) return result;
    }
    const call = callOf(operation);
    if (call === null) return { outcome: "unsupported", reason: `the glue between cbit and the tree has no ${operation.op} yet` };
    this.guest.calls = [];
    this.guest.warnings.length = 0;
    this.guest.injected = false;
    this.guest.deviceFault = null;
    this.store.touch(GUEST);
    this.store.touch(HIGH_PAGES);
    this.store.touch(MACHINE);
    try {
      const old = this.guest.call(call.entry, ...call.args);
      const error = operation.op === "kexec" ? this.startNext() : old;
      this.guest.call("cbit_settle");
      this.guest.stale?.hold();
      if (this.guest.events !== null) this.choosers.learn(operation, this.guest.calls, this.guest.linearBase);
      if (this.guest.damaged) {
        this.damaged();
        return { outcome: "crash", reason: "the kernel wrote through a null pointer", at: call.from };
      }
      if (error === -EOPNOTSUPP && OF_THE_BAR.has(operation.op)) return { outcome: "unsupported", reason: `the module that ${this.driver.name} runs with here has no ioremap() of the tree's: generic devices on x86-64 have it` };
      if (error === -EOPNOTSUPP && operation.op.startsWith("bo_")) return { outcome: "unsupported", reason: `the driver behind ${this.driver.name} has no such buffers` };
      const { deviceFault } = this.guest;
      // Its driver does not learn of it.
      if (deviceFault !== null) return { outcome: "fault", fault: deviceFault };
      if (operation.op === "fail" && error < 0) return { outcome: "unsupported", reason: `the compiler has inlined ${operation.function}() in this tree: there is no place where it could fail` };
      const marks = { ...(this.guest.injected ? { injected: true } : {}), ...(this.guest.warnings.length === 0 ? {} : { warnings: [...this.guest.warnings] }) };
      return error < 0 ? { outcome: "error", errno: errnoName(error), from: call.from, ...marks } : { ...DONE, ...marks };
    } catch (error) {
      this.damaged();
      if (error instanceof KernelFault) return { outcome: "fault", fault: error.fault };
      return { outcome: "crash", ...placedStopOf(error), ...(this.guest.injected ? { injected: true } : {}) };
    }
  }

  /** The kernel's code may have stored anywhere: the next state is looked at as a whole. */
  private damaged(): void {
    this.crashed = true;
    this.guest.repair();
    this.store.distrust(GUEST);
  }

  /** What there is to see; of a kernel whose structures a crash has damaged it may be nothing. */
  private look<T>(see: () => readonly T[]): readonly T[] {
    try {
      return see();
    } catch (error) {
      if (!this.crashed) throw error;
      placedStopOf(error);
      return [];
    }
  }

  health(): Health {
    return (this.seen.health ??= treeHealth(this.guest, this.ram, this.places, this.driver));
  }

  costs(): Costs {
    return { ...this.guest.costs, sharedPages: this.ram.shared() };
  }

  resetCosts(): void {
    Object.assign(this.guest.costs, noCosts());
  }

  views(): readonly View[] {
    return (this.seen.views ??= this.look(() => allViews(this.guest, this.places, this.driver, this.choosers)));
  }

  frames(): readonly FrameState[] {
    return (this.seen.frames ??= this.look(() => allFrames(this.guest, this.places, this.views())));
  }

  record(on: boolean): void {
    this.guest.events = on ? [] : null;
    this.choosers.clear();
    this.forgetSeen();
  }

  events(): readonly KernelEvent[] {
    const { events } = this.guest;
    if (events === null) return [];
    this.guest.events = [];
    return events;
  }
}

/** What a driver told TTM and the DMA layer at probe. */
export interface DriverFacts {
  /** The arguments of ttm_device_init(). */
  readonly useDmaAlloc: boolean;
  readonly useDma32: boolean;
  /** Bits of the device's masks. */
  readonly dmaMaskBits: number;
  readonly coherentMaskBits: number;
}

/** Asks a booted kernel of a tree; null for other kernels. */
export function driverFacts(kernel: Kernel): DriverFacts | null {
  return kernel instanceof TreeKernel && kernel.boot.status === "ready" ? kernel.driverFacts() : null;
}

/** The bytes of a prepared module. */
export interface PreparedModule {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/**
 * Kernels of a prepared tree.
 * @param path the folder as the user named it, for the name
 * @param wasm the bytes of a module with the generic driver
 * @param others further modules: for another architecture, or with drivers of the tree, which their devices then run with
 * @param left modules that could not be had
 */
export function createTreeFactory(path: string, wasm: Uint8Array, manifest: Manifest, others: readonly PreparedModule[] = [], left: readonly ModuleLeft[] = []): KernelFactory {
  const modules = [{ bytes: wasm, manifest }, ...others].map(
    ({ bytes, manifest: m }): ContractModule => ({ wasm: compileModule(bytes), manifest: m, driver: DRIVER_MODULES.find((d) => d.name === m.module) ?? null }),
  );
  const name = `tree:${path}`;
  const own = ({ platform }: Configuration, driver: DriverProfile): DriverModule | undefined => driverModuleOf(driver, architectureOn(platform));
  const moduleOf = (configuration: Configuration, driver: DriverProfile): ContractModule => {
    const wanted = own(configuration, driver)?.name;
    const arch = architectureOn(configuration.platform);
    const generic = modules.find((m) => m.driver === null && architectureOf(m.manifest.module).name === arch);
    return modules.find((m) => m.manifest.module === wanted) ?? generic ?? modules[0]!;
  };
  return {
    name,
    policy: null,
    build: (configuration, driver) => moduleOf(configuration, driver).manifest.wasmHash,
    driverUsed: (configuration, driver) => {
      const source = moduleOf(configuration, driver).driver?.source ?? null;
      const reason = left.find((l) => l.module === own(configuration, driver)?.name)?.reason ?? null;
      return { source, reason: source === null ? reason : null };
    },
    create: (configuration, driver) => {
      const missing = left.find((l) => l.module === CONTRACTS.find((c) => c.arch === architectureOn(configuration.platform))?.name);
      return new TreeKernel(name, moduleOf(configuration, driver), configuration, driver, missing?.reason ?? null);
    },
    effectiveKey: () => null,
  };
}
