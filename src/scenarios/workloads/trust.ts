// SPDX-License-Identifier: MIT
/** The device is accepted (TDISP) and revoked around allocations and mappings, as a TEE-IO device is. */

import type { Sometimes, Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["accepted", "dma", "allocated", "mapped"] as const;
const action = actionsOver(FLAGS);

export const trust: Workload = {
  name: "trust",
  title: "the device is accepted and revoked around dma_alloc, dma_map and dma_unmap",
  buffers: 2,
  pages: 1,
  flags: FLAGS,
  actions: [
    // Acceptance does not change under buffers that live: a driver is bound to the device by then.
    action({ op: "dev_accept" }, { not: ["accepted", "dma", "mapped"], sets: ["accepted"] }),
    action({ op: "dev_revoke" }, { needs: ["accepted"], not: ["dma", "mapped"], clears: ["accepted"] }),
    action({ op: "dma_alloc", buf: 0, pages: 1 }, { not: ["dma"], sets: ["dma"] }),
    action({ op: "dma_free", buf: 0 }, { needs: ["dma"], clears: ["dma"] }),
    action(writeBy("coherent"), { needs: ["dma"] }),
    action(readBy("coherent"), { needs: ["dma"] }),
    action(writeBy("device"), { needs: ["dma"] }),
    action(readBy("device"), { needs: ["dma"] }),
    action({ op: "page_alloc", buf: 1, pages: 1 }, { not: ["allocated"], sets: ["allocated"] }),
    action(writeBy("linear", 1), { needs: ["allocated"], not: ["mapped"] }),
    action(readBy("linear", 1), { needs: ["allocated"], not: ["mapped"] }),
    action({ op: "dma_map", buf: 1 }, { needs: ["allocated"], not: ["mapped"], sets: ["mapped"] }),
    action(writeBy("device", 1), { needs: ["mapped"] }),
    action(readBy("device", 1), { needs: ["mapped"] }),
    action({ op: "dma_unmap", buf: 1 }, { needs: ["mapped"], clears: ["mapped"] }),
  ],
  sometimes: [
    ...everyPair(["coherent", "device"], ["coherent", "device"]),
    ...everyPair(["linear", "device"], ["linear", "device"], 1),
    ...allDone("dev_accept", "dev_revoke"),
    ...(["dma_alloc", "dma_map", "dev_read"] as const).map((done): Sometimes => ({ done, during: ["accepted"] })),
    { shared: 0, when: "converts" },
    { bounced: 1, when: "bounces" },
  ],
};
