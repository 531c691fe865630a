// SPDX-License-Identifier: MIT
/** The operations of the contract, in the kernel's words, and what each step gives back. */

import type { Domain, Fault } from "../machine/index.ts";

/** Through which mapping the CPU reaches a page of a buffer. */
export type CpuAlias = "linear" | "kmap" | "vmap" | "user";

/** Operations that run kernel code. `buf` counts from 0; `page` is an index into the buffer. */
export type KernelOperation =
  | { readonly op: "bo_create"; readonly buf: number; readonly pages: number }
  | { readonly op: "bo_populate"; readonly buf: number }
  | { readonly op: "bo_kmap"; readonly buf: number; readonly page: number }
  | { readonly op: "bo_kunmap"; readonly buf: number }
  | { readonly op: "bo_vmap"; readonly buf: number }
  | { readonly op: "bo_vunmap"; readonly buf: number }
  | { readonly op: "bo_fault"; readonly buf: number; readonly page: number }
  | { readonly op: "bo_destroy"; readonly buf: number };

/** Accesses to page contents. `value` is a token: a number that names what was written (see `Seen`). */
export type AccessOperation =
  | { readonly op: "cpu_write"; readonly buf: number; readonly page: number; readonly alias: CpuAlias; readonly value: number }
  | { readonly op: "cpu_read"; readonly buf: number; readonly page: number; readonly alias: CpuAlias }
  | { readonly op: "dev_write"; readonly buf: number; readonly page: number; readonly value: number }
  | { readonly op: "dev_read"; readonly buf: number; readonly page: number };

export type Operation = KernelOperation | AccessOperation;

/** What a reader got. */
export interface Seen {
  /** The 16 bytes, as 32 hexadecimal digits. */
  readonly bytes: string;
  /** The token they stand for; null where they are no token's bytes. */
  readonly token: number | null;
  /** The domain that the data was stored in, and the one that the reader used. */
  readonly storedIn: Domain;
  readonly readIn: Domain;
}

/** What a step came to. Faults and refusals of the simulated world are values. */
export type StepResult =
  | { readonly outcome: "done"; readonly seen: Seen | null }
  /** A kernel function returned an error. `errno` without the sign: "ENOMEM". */
  | { readonly outcome: "error"; readonly errno: string; readonly from: string }
  /** The hardware stopped the access. */
  | { readonly outcome: "fault"; readonly fault: Fault }
  /** The kernel hit BUG, panic or a trap. */
  | { readonly outcome: "crash"; readonly reason: string; readonly at: string };
