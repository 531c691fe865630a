// SPDX-License-Identifier: MIT
/**
 * The contract: what an implementation of the kernel offers to whoever drives it. `src/linux` (the model) and
 * `src/tree` (the user's tree as WebAssembly) implement it; the explorer, the scenarios and the reports know this only.
 */

import type { Configuration } from "./configuration.ts";
import type { DriverProfile } from "./driver-profile.ts";
import type { Costs, FrameState, Health, KernelEvent, View } from "./observations.ts";
import type { Operation, StepResult } from "./operations.ts";
import type { KernelSymmetry } from "./symmetry.ts";

/**
 * A whole state of kernel and machine as words. Two states of one kernel are equal exactly when their words are. Only
 * the kernel that made it can restore it, unless snapshots are portable.
 */
export type Snapshot = Uint32Array;

/** What came of boot and of the driver's probe. */
export type BootResult =
  | { readonly status: "ready" }
  /** The kernel or the driver declines this configuration, as it would on hardware. */
  | { readonly status: "refused"; readonly reason: string }
  /** This implementation cannot say anything of the configuration. */
  | { readonly status: "unsupported"; readonly reason: string };

/** How the reason of an unsupported boot begins where the kernel ran and stopped in the middle of it. */
export const STOPPED_AT_BOOT = "boot: ";

/** A booted kernel with its machine: operations go in, results and views come out. */
export interface Kernel {
  /** "model:6.12" or "tree:PATH". */
  readonly name: string;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  /** The outcome of boot and of the driver's probe. Operations may follow only where it is `ready`. */
  readonly boot: BootResult;
  /** True where an equal kernel, in another thread or process, can restore this one's snapshots. */
  readonly portableSnapshots: boolean;
  /**
   * What operations share beyond their buffers and what memory for them is taken from. `named`: nothing. `heap`: operations that run kernel
   * code share a heap, so that their order shows in its state; accesses touch the machine only. Nothing is known where it is left out.
   */
  readonly sharing?: "named" | "heap";
  /** Copies the present state. @param into may be used for it, and returned, where it has the right length */
  save(into?: Snapshot): Snapshot;
  /** Returns to a saved state. */
  restore(snapshot: Snapshot): void;
  /**
   * By block of `TOUCH_BLOCK_WORDS` words of a snapshot: 0 where the present state is as it was last restored, 1 where it may not be.
   * Undefined where the kernel does not keep track.
   */
  readonly touched?: Uint8Array;
  /** Runs one operation in the present state. */
  apply(operation: Operation): StepResult;
  /** Live views of the pages of all buffers, ordered by buffer, page, kind. */
  views(): readonly View[];
  /** The frames behind the pages of all buffers and those that devices use in their place, by number. Looking changes nothing. */
  frames(): readonly FrameState[];
  /** What is wrong with frames, live and free; null where this kernel cannot tell. */
  health(): Health | null;
  /** What this kernel does not tell apart under these operations. Absent where snapshots are opaque, as a tree's are. */
  symmetry?(operations: readonly Operation[]): KernelSymmetry;
  /** Counts since the last `resetCosts`; null where this kernel does not count. */
  costs(): Costs | null;
  resetCosts(): void;
  /** Turns the recording of events on or off (off while searching), and forgets what was recorded. */
  record(on: boolean): void;
  /** What was recorded since the last call of `record` or `events`. */
  events(): readonly KernelEvent[];
}

/** Which driver's code a device runs with, in a kernel of a tree. */
export interface DriverUsed {
  /** The driver's folder in the kernel source; null where a generic driver has the profile's parameters. */
  readonly source: string | null;
  /** Why a driver that cbit knows is not used; null where it is, and where cbit knows none. */
  readonly reason: string | null;
}

/** Makes a freshly booted kernel. */
export interface KernelFactory {
  /** "model:6.12" or "tree:PATH". */
  readonly name: string;
  /** The mapping policy in force; null where the kernel's own code decides. */
  readonly policy: string | null;
  /** Tells kernels apart that have one name at different times: a digest of a tree's module. Left out where the name says it all. */
  build?(configuration: Configuration, driver: DriverProfile): string;
  /** Which driver's code a device runs with. Left out where no driver is real. */
  driverUsed?(configuration: Configuration, driver: DriverProfile): DriverUsed;
  create(configuration: Configuration, driver: DriverProfile): Kernel;
  /**
   * What decides a case: two cases of one factory with the same key have the same states and verdicts, whatever their
   * devices are called. Null where nothing can be said.
   */
  effectiveKey(configuration: Configuration, driver: DriverProfile): string | null;
}
