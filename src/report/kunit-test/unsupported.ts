// SPDX-License-Identifier: MIT
/** What a KUnit test of the kernel cannot show, with the reason. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { RuleId } from "../../check/index.ts";
import type { Operation } from "../../kernel/index.ts";

const OUTSIDE = "a test inside the kernel does not see the page as the host does";
const USER = "a KUnit test has no user space to map the buffer for";
const PRIVATE = "the function is not exported: only the kernel itself comes to it";
const NO_VRAM = "the test's device has no memory of its own";

/** Operations that are not written, each with the reason. */
export const NOT_WRITTEN: Readonly<Partial<Record<Operation["op"], string>>> = {
  bo_fault: USER,
  user_map: USER,
  user_unmap: USER,
  dma_mmap: USER,
  bo_evict: NO_VRAM,
  ioremap: NO_VRAM,
  iounmap: NO_VRAM,
  dma_map_resource: NO_VRAM,
  bo_userptr: USER,
  pool_shrink: PRIVATE,
  kexec: "a test does not outlive its kernel",
  host_write: OUTSIDE,
  host_read: OUTSIDE,
  writeback: "when a line is written back is the hardware's decision",
  tlb_evict: "when a translation is evicted is the hardware's decision",
  fail: "KUnit cannot have a function of the kernel fail that has no static stub",
  dev_accept: "no release has a call that accepts a device (TDISP)",
  dev_revoke: "no release has a call that accepts a device (TDISP)",
};

/** Rules whose objection a test cannot look at. */
export const NOT_JUDGED: Readonly<Partial<Record<RuleId, string>>> = {
  "exposed-private": OUTSIDE,
  "bounce-leak": OUTSIDE,
  refusal: "it is what the driver's probe answers",
  "kernel-warn": "KUnit does not count a WARN",
  "needless-share": "it is advice: nothing comes out wrong",
};

/** A counterexample that cannot be written as a KUnit test (exit 5). */
export function notWritten(what: string, reason: string): CbitError {
  return new CbitError({
    code: "CBIT-303",
    exit: EXIT.unsupported,
    message: `--kunit: ${what} cannot be written as a KUnit test: ${reason}`,
    hint: "`cbit explain` without --kunit tells it; docs/reference/reproducer.md lists what can be written.",
  });
}
