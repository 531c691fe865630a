// SPDX-License-Identifier: MIT
/** The model as an implementation of the kernel contract. */

import { assert } from "../base/index.ts";
import {
  type BootResult,
  blockHex,
  blockToken,
  type Configuration,
  type DriverProfile,
  type Kernel,
  type KernelEvent,
  type KernelOperation,
  type Operation,
  type Snapshot,
  type StepResult,
  tokenBlock,
  type View,
} from "../kernel/index.ts";
import { type Access, BLOCK_WORDS } from "../machine/index.ts";
import { boot } from "./boot.ts";
import { errnoName } from "./errno.ts";
import type { Linux } from "./linux.ts";
import type { Policy } from "./policies/policy.ts";
import type { Release } from "./releases/release.ts";
import { ttm_bo_init, ttm_bo_put } from "./ttm/bo.ts";
import { bo_get, tt_dma_address } from "./ttm/bo-state.ts";
import { ttm_bo_kmap, ttm_bo_kunmap, ttm_bo_vmap, ttm_bo_vunmap } from "./ttm/bo-util.ts";
import { ttm_bo_vm_fault_reserved } from "./ttm/bo-vm.ts";
import { ttm_tt_populate } from "./ttm/tt.ts";
import { alias_address, all_views } from "./views.ts";

const DONE: StepResult = { outcome: "done", seen: null };

interface Call {
  /** The kernel function that the operation enters. */
  readonly from: string;
  readonly error: number;
}

function call(k: Linux, operation: KernelOperation): Call {
  switch (operation.op) {
    case "bo_create":
      return { from: "ttm_bo_init_reserved", error: ttm_bo_init(k, operation.bo, operation.pages) };
    case "bo_populate":
      return { from: "ttm_tt_populate", error: ttm_tt_populate(k, operation.bo) };
    case "bo_kmap":
      return { from: "ttm_bo_kmap", error: ttm_bo_kmap(k, operation.bo, operation.page) };
    case "bo_kunmap":
      return { from: "ttm_bo_kunmap", error: ttm_bo_kunmap(k, operation.bo) };
    case "bo_vmap":
      return { from: "ttm_bo_vmap", error: ttm_bo_vmap(k, operation.bo) };
    case "bo_vunmap":
      return { from: "ttm_bo_vunmap", error: ttm_bo_vunmap(k, operation.bo) };
    case "bo_fault":
      return { from: "ttm_bo_vm_fault_reserved", error: ttm_bo_vm_fault_reserved(k, operation.bo, operation.page) };
    case "bo_destroy":
      return { from: "ttm_bo_put", error: ttm_bo_put(k, operation.bo) };
  }
}

class ModelKernel implements Kernel {
  readonly name: string;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly boot: BootResult;
  private readonly k: Linux;
  private readonly block = new Uint32Array(BLOCK_WORDS);

  constructor(configuration: Configuration, driver: DriverProfile, policy: Policy, release: Release) {
    const booted = boot(configuration, driver, policy, release);
    this.name = `model:${release.name}`;
    this.configuration = configuration;
    this.driver = driver;
    this.boot = booted.result;
    this.k = booted.k;
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
      case "cpu_read": {
        const va = alias_address(this.k, operation.bo, operation.page, operation.alias);
        if (va === null) return { outcome: "fault", fault: { kind: "fault", fault: "page-fault", address: 0 } };
        if (operation.op === "cpu_read") return this.seen(this.k.machine.cpuRead(this.k.pgd, va, this.block));
        tokenBlock(operation.value, this.block);
        return this.stored(this.k.machine.cpuWrite(this.k.pgd, va, this.block));
      }
      case "dev_write":
      case "dev_read": {
        if (bo_get(this.k, operation.bo, "device_mapped") === 0) return { outcome: "fault", fault: { kind: "fault", fault: "io-page-fault", address: 0 } };
        const device = { addressBits: this.driver.dmaMaskBits };
        const address = tt_dma_address(this.k, operation.bo, operation.page);
        if (operation.op === "dev_read") return this.seen(this.k.machine.deviceRead(device, this.k.iommu, address, this.block));
        tokenBlock(operation.value, this.block);
        return this.stored(this.k.machine.deviceWrite(device, this.k.iommu, address, this.block));
      }
      default: {
        const { from, error } = call(this.k, operation);
        return error === 0 ? DONE : { outcome: "error", errno: errnoName(error), from };
      }
    }
  }

  private stored(access: Access): StepResult {
    return access.kind === "fault" ? { outcome: "fault", fault: access } : DONE;
  }

  private seen(access: Access): StepResult {
    if (access.kind === "fault") return { outcome: "fault", fault: access };
    const { storedIn, domain } = access;
    return { outcome: "done", seen: { bytes: blockHex(this.block), token: blockToken(this.block), storedIn, readIn: domain } };
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
