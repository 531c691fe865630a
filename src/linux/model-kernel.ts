// SPDX-License-Identifier: MIT
/** The model as an implementation of the kernel contract. */

import { assert } from "../base/index.ts";
import {
  type BootResult,
  type Configuration,
  type DriverProfile,
  errnoName,
  type Kernel,
  type KernelEvent,
  type KernelOperation,
  type Mappings,
  type Operation,
  runAccess,
  type Snapshot,
  type StepResult,
  type View,
} from "../kernel/index.ts";
import { boot } from "./boot.ts";
import type { Linux, Policy } from "./linux.ts";
import type { Release } from "./releases/release.ts";
import { ttm_bo_init, ttm_bo_put } from "./ttm/bo.ts";
import { ttm_bo_kmap, ttm_bo_kunmap, ttm_bo_vmap, ttm_bo_vunmap } from "./ttm/bo-util.ts";
import { ttm_bo_vm_fault_reserved } from "./ttm/bo-vm.ts";
import { ttm_tt_populate } from "./ttm/tt.ts";
import { all_views, model_mappings } from "./views.ts";

const DONE: StepResult = { outcome: "done", seen: null };

interface Call {
  /** The kernel function that the operation enters. */
  readonly from: string;
  readonly error: number;
}

function call(k: Linux, operation: KernelOperation): Call {
  switch (operation.op) {
    case "bo_create":
      return { from: "ttm_bo_init_reserved", error: ttm_bo_init(k, operation.buf, operation.pages) };
    case "bo_populate":
      return { from: "ttm_tt_populate", error: ttm_tt_populate(k, operation.buf) };
    case "bo_kmap":
      return { from: "ttm_bo_kmap", error: ttm_bo_kmap(k, operation.buf, operation.page) };
    case "bo_kunmap":
      return { from: "ttm_bo_kunmap", error: ttm_bo_kunmap(k, operation.buf) };
    case "bo_vmap":
      return { from: "ttm_bo_vmap", error: ttm_bo_vmap(k, operation.buf) };
    case "bo_vunmap":
      return { from: "ttm_bo_vunmap", error: ttm_bo_vunmap(k, operation.buf) };
    case "bo_fault":
      return { from: "ttm_bo_vm_fault_reserved", error: ttm_bo_vm_fault_reserved(k, operation.buf, operation.page) };
    case "bo_destroy":
      return { from: "ttm_bo_put", error: ttm_bo_put(k, operation.buf) };
  }
}

class ModelKernel implements Kernel {
  readonly name: string;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly boot: BootResult;
  private readonly k: Linux;
  private readonly mappings: Mappings;

  constructor(configuration: Configuration, driver: DriverProfile, policy: Policy, release: Release) {
    const booted = boot(configuration, driver, policy, release);
    this.name = `model:${release.name}`;
    this.configuration = configuration;
    this.driver = driver;
    this.boot = booted.result;
    this.k = booted.k;
    this.mappings = model_mappings(booted.k);
  }

  save(): Snapshot {
    return this.k.s.slice();
  }

  restore(snapshot: Snapshot): void {
    this.k.s.set(snapshot);
  }

  apply(operation: Operation): StepResult {
    assert(this.boot.status === "ready", "model: this configuration did not boot");
    switch (operation.op) {
      case "cpu_write":
      case "cpu_read":
      case "dev_write":
      case "dev_read":
        return runAccess(this.k.machine, { addressBits: this.driver.dmaMaskBits }, this.mappings, operation);
      default: {
        const { from, error } = call(this.k, operation);
        return error === 0 ? DONE : { outcome: "error", errno: errnoName(error), from };
      }
    }
  }

  views(): readonly View[] {
    return all_views(this.k);
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
