// SPDX-License-Identifier: MIT
/** dma_alloc_attrs(): a coherent buffer with its user mapping, and an atomic one beside it; freed and allocated again. */

import type { Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["allocated", "mmapped", "allocated 1"] as const;
const action = actionsOver(FLAGS);

export const dmaCoherent: Workload = {
  name: "dma-coherent",
  title: "dma_alloc_attrs() and dma_mmap_attrs(), an atomic allocation beside: kernel, user and device read and write in any order",
  buffers: 2,
  pages: 1,
  flags: FLAGS,
  actions: [
    action({ op: "dma_alloc", buf: 0, pages: 1 }, { not: ["allocated"], sets: ["allocated"] }),
    action({ op: "dma_mmap", buf: 0 }, { needs: ["allocated"], not: ["mmapped"], sets: ["mmapped"] }),
    action({ op: "dma_free", buf: 0 }, { needs: ["allocated"], clears: ["allocated", "mmapped"] }),
    action(writeBy("coherent"), { needs: ["allocated"] }),
    action(readBy("coherent"), { needs: ["allocated"] }),
    action(writeBy("user"), { needs: ["mmapped"] }),
    action(readBy("user"), { needs: ["mmapped"] }),
    action(writeBy("device"), { needs: ["allocated"] }),
    action(readBy("device"), { needs: ["allocated"] }),
    action({ op: "dma_alloc", buf: 1, pages: 1, atomic: true }, { not: ["allocated 1"], sets: ["allocated 1"] }),
    action(writeBy("coherent", 1), { needs: ["allocated 1"] }),
    action(readBy("device", 1), { needs: ["allocated 1"] }),
    action({ op: "dma_free", buf: 1 }, { needs: ["allocated 1"], clears: ["allocated 1"] }),
  ],
  sometimes: [
    ...everyPair(["coherent", "user", "device"], ["coherent", "user", "device"]),
    ...everyPair(["device"], ["coherent"], 1),
    ...allDone("dma_free"),
    { done: "dma_alloc", atomic: true },
    { shared: 0, when: "converts" },
    { shared: 1, when: "converts" },
    { reused: 0 },
  ],
};
