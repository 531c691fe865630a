// SPDX-License-Identifier: MIT
/** Pages that are used again: a buffer is destroyed, its pages wait in a pool or are freed, and other buffers and other memory get them. */

import type { Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["created", "populated", "created 1", "populated 1", "allocated"] as const;
const action = actionsOver(FLAGS);

export const poolReuse: Workload = {
  name: "pool-reuse",
  title: "TTM buffers are destroyed and created again while the pools shrink: stale contents, pages that are freed shared",
  buffers: 3,
  pages: 1,
  flags: FLAGS,
  actions: [
    action({ op: "bo_create", buf: 0, pages: 1 }, { not: ["created", "created 1"], sets: ["created"] }),
    action({ op: "bo_populate", buf: 0 }, { needs: ["created"], not: ["populated"], sets: ["populated"] }),
    action(writeBy("device"), { needs: ["populated"] }),
    action(readBy("device"), { needs: ["populated"] }),
    action({ op: "bo_destroy", buf: 0 }, { needs: ["populated"], clears: ["created", "populated"] }),
    action({ op: "pool_shrink" }, { not: ["created", "created 1"] }),
    // Another owner, later: it must not see what was there. Two at once are dma-streaming's.
    action({ op: "bo_create", buf: 1, pages: 1 }, { not: ["created", "created 1"], sets: ["created 1"] }),
    action({ op: "bo_populate", buf: 1 }, { needs: ["created 1"], not: ["populated 1"], sets: ["populated 1"] }),
    action(writeBy("device", 1), { needs: ["populated 1"] }),
    action(readBy("device", 1), { needs: ["populated 1"] }),
    action({ op: "bo_destroy", buf: 1 }, { needs: ["populated 1"], clears: ["created 1", "populated 1"] }),
    // Memory that nobody shares.
    action({ op: "page_alloc", buf: 2, pages: 1 }, { not: ["allocated", "created", "created 1"], sets: ["allocated"] }),
    action(writeBy("linear", 2), { needs: ["allocated"] }),
    action(readBy("linear", 2), { needs: ["allocated"] }),
    action(readBy("host", 2), { needs: ["allocated"] }),
    action({ op: "page_free", buf: 2 }, { needs: ["allocated"], clears: ["allocated"] }),
  ],
  sometimes: [
    ...everyPair(["device"], ["device"]),
    ...everyPair(["device"], ["device"], 1),
    ...everyPair(["linear"], ["linear"], 2),
    ...allDone("pool_shrink", "page_free"),
    { reused: 0, to: 1 },
    { reused: 1, to: 0 },
    { reused: 0, to: 2 },
    { reused: 1, to: 2 },
    { outside: "host", buf: 2 },
  ],
};
