// SPDX-License-Identifier: MIT
/**
 * Conversions that fail: one call of a function fails, in every place of dma_alloc and dma_free. What is left must be leaked or private again,
 * and who gets memory afterwards must not notice.
 */

import type { Action, Workload } from "../../check/index.ts";
import type { Injectable } from "../../kernel/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["armed", "dma", "allocated"] as const;
const action = actionsOver(FLAGS);

const FUNCTIONS: readonly Injectable[] = ["set_memory_decrypted", "set_memory_encrypted", "__change_page_attr", "enc_status_change_prepare", "enc_status_change_finish"];

const failure = (fn: Injectable, nth: number): Action => action({ op: "fail", function: fn, nth }, { not: ["armed"], sets: ["armed"] });

export const setMemoryFailures: Workload = {
  name: "set-memory-failures",
  title: "dma_alloc and dma_free while a conversion fails, at its start, half way or at its end; then memory is used again",
  buffers: 2,
  pages: 2,
  flags: FLAGS,
  actions: [
    ...FUNCTIONS.map((fn) => failure(fn, 1)),
    failure("__change_page_attr", 2),
    action({ op: "dma_alloc", buf: 0, pages: 2 }, { not: ["dma"], sets: ["dma"] }),
    action({ op: "dma_free", buf: 0 }, { needs: ["dma"], clears: ["dma"] }),
    action(writeBy("coherent"), { needs: ["dma"] }),
    action(readBy("device"), { needs: ["dma"] }),
    action({ op: "page_alloc", buf: 1, pages: 1 }, { not: ["allocated"], sets: ["allocated"] }),
    action(writeBy("linear", 1), { needs: ["allocated"] }),
    action(readBy("linear", 1), { needs: ["allocated"] }),
    action(readBy("host", 1), { needs: ["allocated"] }),
    action({ op: "page_free", buf: 1 }, { needs: ["allocated"], clears: ["allocated"] }),
  ],
  sometimes: [
    ...everyPair(["device"], ["coherent"]),
    ...everyPair(["linear"], ["linear"], 1),
    ...allDone("fail", "dma_free", "page_free"),
    { injected: "dma_alloc", when: "converts" },
    { injected: "dma_free", when: "converts" },
    { shared: 0, when: "converts" },
    { reused: 0, to: 1 },
    { reused: 0, to: 1, madePrivate: true, when: "converts" },
    { outside: "host", buf: 1 },
  ],
};
