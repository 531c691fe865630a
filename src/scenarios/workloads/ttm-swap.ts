// SPDX-License-Identifier: MIT
/** A TTM buffer is swapped out to shmem and back, while TTM's pools shrink. Swapping works through the linear map, on both sides. */

import type { Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["created", "populated", "vmapped", "swapped", "in system"] as const;
const action = actionsOver(FLAGS);

export const ttmSwap: Workload = {
  name: "ttm-swap",
  title: "one TTM buffer: swapped out and in, pools shrunk between; kernel, user and device read what was written before",
  buffers: 1,
  pages: 1,
  flags: FLAGS,
  actions: [
    action({ op: "bo_create", buf: 0, pages: 1 }, { not: ["created"], sets: ["created"] }),
    action({ op: "bo_populate", buf: 0 }, { needs: ["created"], not: ["populated", "swapped"], sets: ["populated"] }),
    action({ op: "bo_swapout", buf: 0 }, { needs: ["populated"], not: ["vmapped", "in system"], sets: ["swapped", "in system"], clears: ["populated"] }),
    action({ op: "bo_swapin", buf: 0 }, { needs: ["swapped"], sets: ["populated"], clears: ["swapped"] }),
    action({ op: "bo_move", buf: 0, to: "tt" }, { needs: ["in system", "populated"], not: ["vmapped"], clears: ["in system"] }),
    action({ op: "pool_shrink" }, { needs: ["swapped"] }),
    action({ op: "bo_vmap", buf: 0 }, { needs: ["populated"], not: ["vmapped"], sets: ["vmapped"] }),
    action({ op: "bo_vunmap", buf: 0 }, { needs: ["vmapped"], clears: ["vmapped"] }),
    action(writeBy("vmap"), { needs: ["vmapped"] }),
    action(readBy("vmap"), { needs: ["vmapped"] }),
    action(writeBy("device"), { needs: ["populated"], not: ["in system"] }),
    action(readBy("device"), { needs: ["populated"], not: ["in system"] }),
    action({ op: "bo_destroy", buf: 0 }, { needs: ["created"], not: ["vmapped"], clears: ["created", "populated", "swapped", "in system"] }),
  ],
  sometimes: [
    ...everyPair(["vmap", "device"], ["vmap", "device"]),
    // The device does not reach a buffer in system placement: what it wrote was swapped out and in.
    { reader: "vmap", writer: "device", during: ["in system"] },
    ...allDone("bo_swapout", "bo_swapin", "bo_move", "pool_shrink", "bo_destroy"),
    { reused: 0 },
  ],
};
