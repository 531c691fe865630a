// SPDX-License-Identifier: MIT
/**
 * Streaming DMA: two buffers of one page are mapped, synced and unmapped in every order that the API allows, one in both directions, one for
 * the device to write. Their contents differ, so that what comes through another one's bounce slot shows.
 */

import type { Action, Workload } from "../../check/index.ts";
import { actionsOver, allDone, everyPair, readBy, writeBy } from "./script.ts";

const FLAGS = ["allocated", "mapped", "to device", "cpu's", "both ways done", "to device done", "allocated 1", "written 1", "mapped 1", "mapping 1 done"] as const;
const action = actionsOver(FLAGS);

/** Each mapping is made once: slots are handed out in turn, so that every further one would only be at another place. */
const FIRST: readonly Action[] = [
  action({ op: "page_alloc", buf: 0, pages: 1 }, { not: ["allocated"], sets: ["allocated", "cpu's"] }),
  action({ op: "dma_map", buf: 0 }, { needs: ["allocated"], not: ["mapped", "both ways done"], sets: ["mapped", "both ways done"], clears: ["cpu's"] }),
  action({ op: "dma_map", buf: 0, direction: "to_device" }, { needs: ["allocated"], not: ["mapped", "to device done"], sets: ["mapped", "to device", "to device done"], clears: ["cpu's"] }),
  // The CPU touches the buffer while it is not mapped or after dma_sync_for_cpu, the device while it is mapped and the device's.
  action({ op: "dma_sync_for_cpu", buf: 0 }, { needs: ["mapped"], not: ["cpu's"], sets: ["cpu's"] }),
  action({ op: "dma_sync_for_device", buf: 0 }, { needs: ["mapped", "cpu's"], clears: ["cpu's"] }),
  action({ op: "dma_unmap", buf: 0 }, { needs: ["mapped"], sets: ["cpu's"], clears: ["mapped", "to device"] }),
  // Without syncing, what dma_sync_for_cpu has brought stays.
  action({ op: "dma_unmap", buf: 0, attrs: "skip-cpu-sync" }, { needs: ["mapped", "cpu's"], clears: ["mapped", "to device"] }),
  action(writeBy("linear"), { needs: ["cpu's"] }),
  action(readBy("linear"), { needs: ["cpu's"] }),
  action(writeBy("device"), { needs: ["mapped"], not: ["cpu's", "to device"] }),
  action(readBy("device"), { needs: ["mapped"], not: ["cpu's"] }),
];

/** Buffer 1: written by the CPU, mapped for the device to write, unmapped; the device may have written nothing (CVE-2022-0854). */
const SECOND: readonly Action[] = [
  action({ op: "page_alloc", buf: 1, pages: 1 }, { not: ["allocated 1"], sets: ["allocated 1"] }),
  action(writeBy("linear", 1), { needs: ["allocated 1"], not: ["mapped 1", "mapping 1 done"], sets: ["written 1"] }),
  action({ op: "dma_map", buf: 1, direction: "from_device" }, { needs: ["written 1"], not: ["mapping 1 done"], sets: ["mapped 1", "mapping 1 done"] }),
  action(writeBy("device", 1), { needs: ["mapped 1"] }),
  action({ op: "dma_unmap", buf: 1 }, { needs: ["mapped 1"], clears: ["mapped 1"] }),
  action(readBy("linear", 1), { needs: ["written 1"], not: ["mapped 1"] }),
];

export const dmaStreaming: Workload = {
  name: "dma-streaming",
  title: "two buffers of the page allocator: dma_map, dma_sync_*, dma_unmap in every order that the DMA API allows",
  buffers: 2,
  pages: 1,
  flags: FLAGS,
  actions: [...FIRST, ...SECOND],
  sometimes: [
    ...everyPair(["linear", "device"], ["linear", "device"]),
    ...everyPair(["linear"], ["linear", "device"], 1),
    ...allDone("dma_sync_for_cpu", "dma_sync_for_device", "dma_unmap"),
    { done: "dev_read", during: ["to device"] },
    { bounced: 0, when: "bounces" },
    { bounced: 1, when: "bounces" },
    { writtenBack: true, when: "incoherent" },
  ],
};
