// SPDX-License-Identifier: MIT
/** Sharing: a buffer over the pages of another one, as a dma-buf import or over pinned user memory. TTM maps it once and does not sync. */

import type { Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["allocated", "user", "imported", "userptr"] as const;
const action = actionsOver(FLAGS);

export const dmaBuf: Workload = {
  name: "dma-buf",
  title: "a buffer over another one's pages (dma-buf import, userptr): the owner's CPU and the importer's device, in any order",
  buffers: 2,
  pages: 1,
  flags: FLAGS,
  actions: [
    action({ op: "page_alloc", buf: 0, pages: 1 }, { not: ["allocated"], sets: ["allocated"] }),
    action({ op: "user_map", buf: 0 }, { needs: ["allocated"], not: ["user"], sets: ["user"] }),
    action(writeBy("linear"), { needs: ["allocated"] }),
    action(readBy("linear"), { needs: ["allocated"] }),
    action(writeBy("user"), { needs: ["user"] }),
    action(readBy("user"), { needs: ["user"] }),
    action({ op: "bo_import", buf: 1, from: 0 }, { needs: ["allocated"], not: ["imported", "userptr"], sets: ["imported"] }),
    action({ op: "bo_userptr", buf: 1, from: 0 }, { needs: ["user"], not: ["imported", "userptr"], sets: ["userptr"] }),
    ...(["imported", "userptr"] as const).flatMap((way) => [
      action(writeBy("device", 1), { needs: [way] }),
      action(readBy("device", 1), { needs: [way] }),
      action({ op: "bo_destroy", buf: 1 }, { needs: [way], clears: [way] }),
    ]),
  ],
  sometimes: [
    ...everyPair(["linear", "user"], ["linear", "user"]),
    ...everyPair(["device"], ["linear", "user"], 0, 1),
    ...everyPair(["linear", "user"], ["device"], 1, 0),
    ...everyPair(["device"], ["device"], 1),
    ...allDone("bo_import", "bo_userptr", "bo_destroy"),
    { writtenBack: true, when: "incoherent" },
  ],
};
