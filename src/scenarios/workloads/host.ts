// SPDX-License-Identifier: MIT
/** The host beside the guest: it reads and writes private memory, memory that the guest shares on purpose, and a coherent buffer. */

import type { Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["allocated", "shared", "dma"] as const;
const action = actionsOver(FLAGS);

export const host: Workload = {
  name: "host",
  title: "the host reads and writes beside the CPU: private memory, shared memory, memory of the DMA API that was freed",
  buffers: 2,
  pages: 1,
  flags: FLAGS,
  actions: [
    action({ op: "page_alloc", buf: 0, pages: 1 }, { not: ["allocated"], sets: ["allocated"] }),
    action({ op: "set_memory_decrypted", buf: 0 }, { needs: ["allocated"], not: ["shared"], sets: ["shared"] }),
    action({ op: "set_memory_encrypted", buf: 0 }, { needs: ["shared"], clears: ["shared"] }),
    action({ op: "page_free", buf: 0 }, { needs: ["allocated"], not: ["shared"], clears: ["allocated"] }),
    action(writeBy("linear"), { needs: ["allocated"] }),
    action(readBy("linear"), { needs: ["allocated"] }),
    action(writeBy("host"), { needs: ["allocated"] }),
    action(readBy("host"), { needs: ["allocated"] }),
    // What the DMA API shared and took back is private memory again for whoever gets it.
    action({ op: "dma_alloc", buf: 1, pages: 1 }, { not: ["dma"], sets: ["dma"] }),
    action(writeBy("coherent", 1), { needs: ["dma"] }),
    action(readBy("host", 1), { needs: ["dma"] }),
    action({ op: "dma_free", buf: 1 }, { needs: ["dma"], clears: ["dma"] }),
  ],
  sometimes: [
    ...everyPair(["linear"], ["linear"]),
    { reader: "host", writer: "linear", when: "readable" },
    { reader: "host", writer: "coherent", buf: 1, when: "converts" },
    ...allDone("set_memory_decrypted", "set_memory_encrypted", "dma_free", "page_free"),
    { done: "host_write", when: "readable" },
    { outside: "host" },
    { shared: 0, when: "encrypted" },
    { shared: 1, when: "converts" },
    { reused: 1, to: 0 },
    { reused: 1, to: 0, madePrivate: true, when: "converts" },
  ],
};
