// SPDX-License-Identifier: MIT
/** The model as an implementation of the kernel contract. */

import { assert } from "../base/index.ts";
import {
  type BootResult,
  type Configuration,
  type Costs,
  type DriverProfile,
  type EnvironmentOperation,
  errnoName,
  type FrameState,
  type Health,
  type Kernel,
  type KernelEvent,
  type KernelOperation,
  type KernelSymmetry,
  type Mappings,
  type Operation,
  runAccess,
  type Snapshot,
  type StepResult,
  type View,
} from "../kernel/index.ts";
import { boot, noCosts } from "./boot.ts";
import { KernelCrash } from "./crash.ts";
import { model_health, shared_pages } from "./health.ts";
import type { Linux, Policy } from "./linux.ts";
import type { Release } from "./releases/release.ts";
import { KernelFault } from "./mm/memory.ts";
import { runOperation } from "./operations/index.ts";
import { model_symmetry } from "./permute.ts";
import { all_frames, all_views, model_mappings } from "./views.ts";

class ModelKernel implements Kernel {
  readonly name: string;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly boot: BootResult;
  readonly portableSnapshots = true;
  readonly sharing = "named";
  private readonly k: Linux;
  private readonly mappings: Mappings;
  private seen: { views: readonly View[] | null; frames: readonly FrameState[] | null; health: Health | null } = { views: null, frames: null, health: null };

  constructor(configuration: Configuration, driver: DriverProfile, policy: Policy, release: Release) {
    const booted = boot(configuration, driver, policy, release);
    this.name = `model:${release.name}`;
    this.configuration = configuration;
    this.driver = driver;
    this.boot = booted.result;
    this.k = booted.k;
    this.mappings = model_mappings(booted.k);
  }

  save(into?: Snapshot): Snapshot {
    if (into?.length !== this.k.s.length) return this.k.words.slice();
    into.set(this.k.words);
    return into;
  }

  restore(snapshot: Snapshot): void {
    this.k.words.set(snapshot);
    this.k.touched.clear();
    this.forgetSeen();
  }

  /** The kernel has run, or has another state. Accesses change what frames hold, and nothing else. */
  private forgetSeen(): void {
    this.seen = { views: null, frames: null, health: null };
  }

  get touched(): Uint8Array {
    return this.k.touched.blocks;
  }

  apply(operation: Operation): StepResult {
    assert(this.boot.status === "ready", "model: this configuration did not boot");
    switch (operation.op) {
      case "cpu_write":
      case "dev_write":
      case "host_write":
        this.seen.frames = null;
        return runAccess(this.k.machine, { addressBits: this.driver.dmaMaskBits }, this.mappings, operation);
      case "cpu_read":
      case "dev_read":
      case "host_read":
        return runAccess(this.k.machine, { addressBits: this.driver.dmaMaskBits }, this.mappings, operation);
      default:
        this.forgetSeen();
        return this.run(operation);
    }
  }

  private run(operation: KernelOperation | EnvironmentOperation): StepResult {
    const { k } = this;
    if (k.warnings.length > 0) k.warnings.length = 0;
    k.injected = false;
    k.device_fault = null;
    let call: ReturnType<typeof runOperation>;
    try {
      call = runOperation(k, operation);
    } catch (error) {
      if (error instanceof KernelFault) return { outcome: "fault", fault: error.fault };
      if (error instanceof KernelCrash) return { outcome: "crash", reason: error.message, at: error.at, ...(k.injected ? { injected: true } : {}) };
      throw error;
    }
    if (call === null) return { outcome: "unsupported", reason: `the model does not run ${operation.op}` };
    if (k.device_fault !== null) return { outcome: "fault", fault: k.device_fault };
    const warnings = k.warnings.length === 0 ? {} : { warnings: [...k.warnings] };
    if (call.error === 0) return { outcome: "done", seen: null, ...(k.injected ? { injected: true } : {}), ...warnings };
    return { outcome: "error", errno: errnoName(call.error), from: call.from, ...(k.injected ? { injected: true } : {}), ...warnings };
  }

  health(): Health {
    return (this.seen.health ??= model_health(this.k));
  }

  symmetry(operations: readonly Operation[]): KernelSymmetry {
    return model_symmetry(this.k, operations);
  }

  costs(): Costs {
    return { ...this.k.costs, sharedPages: shared_pages(this.k) };
  }

  resetCosts(): void {
    Object.assign(this.k.costs, noCosts());
  }

  views(): readonly View[] {
    return (this.seen.views ??= all_views(this.k));
  }

  frames(): readonly FrameState[] {
    return (this.seen.frames ??= all_frames(this.k, this.views()));
  }

  record(on: boolean): void {
    this.k.log = on ? [] : null;
  }

  events(): readonly KernelEvent[] {
    const events = this.k.log ?? [];
    if (this.k.log !== null) this.k.log = [];
    return events;
  }
}

/** Boots the model on a configuration with a driver. */
export function createModelKernel(configuration: Configuration, driver: DriverProfile, policy: Policy, release: Release): Kernel {
  return new ModelKernel(configuration, driver, policy, release);
}
