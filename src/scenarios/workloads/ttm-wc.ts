// SPDX-License-Identifier: MIT
/** A write-combined TTM buffer: its pages change their cache type, in the linear map and in all mappings. */

import type { Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["created", "populated", "kmapped", "faulted"] as const;
const action = actionsOver(FLAGS);

export const ttmWc: Workload = {
  name: "ttm-wc",
  title: "one write-combined TTM buffer: populate, kmap, user fault, destroy, pools shrunk",
  buffers: 1,
  pages: 1,
  flags: FLAGS,
  actions: [
    action({ op: "bo_create", buf: 0, pages: 1, caching: "wc" }, { not: ["created"], sets: ["created"] }),
    action({ op: "bo_populate", buf: 0 }, { needs: ["created"], not: ["populated"], sets: ["populated"] }),
    action({ op: "bo_kmap", buf: 0, page: 0 }, { needs: ["populated"], not: ["kmapped"], sets: ["kmapped"] }),
    action({ op: "bo_kunmap", buf: 0 }, { needs: ["kmapped"], clears: ["kmapped"] }),
    action({ op: "bo_fault", buf: 0, page: 0 }, { needs: ["populated"], not: ["faulted"], sets: ["faulted"] }),
    action(writeBy("kmap"), { needs: ["kmapped"] }),
    action(readBy("kmap"), { needs: ["kmapped"] }),
    action(writeBy("user"), { needs: ["faulted"] }),
    action(readBy("user"), { needs: ["faulted"] }),
    action(writeBy("device"), { needs: ["populated"] }),
    action(readBy("device"), { needs: ["populated"] }),
    action({ op: "bo_destroy", buf: 0 }, { needs: ["created"], not: ["kmapped"], clears: ["created", "populated", "faulted"] }),
    action({ op: "pool_shrink" }, { not: ["created"] }),
  ],
  sometimes: [...everyPair(["kmap", "user", "device"], ["kmap", "user", "device"]), ...allDone("bo_destroy", "pool_shrink"), { reused: 0 }],
};
