// SPDX-License-Identifier: MIT
/** A TTM buffer that moves between TT and VRAM, by the CPU and by the device, and is evicted; user space faults it in before and after. */

import type { Action, Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["created", "populated", "faulted", "vmapped", "in VRAM", "in system"] as const;
const action = actionsOver(FLAGS);

const MOVES: readonly Action[] = (["memcpy", "device"] as const).flatMap((by) => [
  // A buffer that is mapped in the kernel is pinned.
  action({ op: "bo_move", buf: 0, to: "vram", by }, { needs: ["populated"], not: ["in VRAM", "vmapped"], sets: ["in VRAM"], clears: ["faulted", "in system"] }),
  action({ op: "bo_move", buf: 0, to: "tt", by }, { needs: ["in VRAM"], not: ["vmapped"], sets: ["populated"], clears: ["in VRAM", "faulted"] }),
]);

export const ttmMove: Workload = {
  name: "ttm-move",
  title: "one TTM buffer between TT and VRAM: moves by CPU and device, eviction, user faults before and after",
  buffers: 1,
  pages: 1,
  flags: FLAGS,
  actions: [
    action({ op: "bo_create", buf: 0, pages: 1 }, { not: ["created"], sets: ["created"] }),
    action({ op: "bo_populate", buf: 0 }, { needs: ["created"], not: ["populated", "in VRAM"], sets: ["populated"] }),
    ...MOVES,
    action({ op: "bo_evict", buf: 0 }, { needs: ["in VRAM"], not: ["vmapped"], sets: ["populated", "in system"], clears: ["in VRAM", "faulted"] }),
    // Some drivers evict to where the device still reaches the buffer; all of them ask for such a place before it does.
    action({ op: "bo_move", buf: 0, to: "tt" }, { needs: ["in system"], not: ["vmapped"], clears: ["in system", "faulted"] }),
    action({ op: "bo_fault", buf: 0, page: 0 }, { needs: ["populated"], not: ["faulted"], sets: ["faulted"] }),
    action({ op: "bo_vmap", buf: 0 }, { needs: ["populated"], not: ["vmapped"], sets: ["vmapped"] }),
    action({ op: "bo_vunmap", buf: 0 }, { needs: ["vmapped"], clears: ["vmapped"] }),
    action(writeBy("user"), { needs: ["faulted"] }),
    action(readBy("user"), { needs: ["faulted"] }),
    action(writeBy("vmap"), { needs: ["vmapped"] }),
    action(readBy("vmap"), { needs: ["vmapped"] }),
    action(writeBy("device"), { needs: ["populated"], not: ["in VRAM", "in system"] }),
    action(readBy("device"), { needs: ["populated"], not: ["in VRAM", "in system"] }),
  ],
  sometimes: [
    ...everyPair(["user", "vmap", "device"], ["user", "vmap", "device"]),
    ...allDone("bo_evict"),
    { done: "bo_move", to: "vram" },
    { done: "bo_move", to: "tt" },
    { done: "bo_fault", during: ["in VRAM"] },
    // The device does not write in VRAM: what it wrote came along.
    { reader: "user", writer: "device", during: ["in VRAM"] },
    { reader: "vmap", writer: "device", during: ["in VRAM"] },
  ],
};
