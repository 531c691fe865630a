// SPDX-License-Identifier: MIT
// Expected values are worked out from kernel/dma/swiotlb.c:128-228 and arch/x86/mm/mem_encrypt.c:132-134 of 6.12.117.
import { describe, expect, it } from "vitest";
import { encrypted_guest_swiotlb_bytes, limit_nareas, nr_slots, round_up_default_nslabs, setup_io_tlb_npages, swiotlb_adjust_size } from "./swiotlb-size.ts";
import { atomic_pool_size } from "./pool.ts";

const MiB = 2 ** 20;
const GiB = 2 ** 30;

describe("sizes of the pool", () => {
  it.each([
    [512 * MiB, 64 * MiB],
    [2 * GiB, 128849018],
    [4 * GiB, 257698037],
    [64 * GiB, GiB],
  ])("a guest of %i bytes has %i", (memory, bytes) => {
    expect(encrypted_guest_swiotlb_bytes(memory)).toBe(bytes);
  });

  it("are rounded up to a power of two once areas are counted", () => {
    // 128849018 bytes are 62915 slots, 62976 in segments of 128.
    expect(swiotlb_adjust_size(32768, 128849018)).toBe(62976);
    expect(swiotlb_adjust_size(32768, 128849018, 8)).toBe(65536);
    expect(swiotlb_adjust_size(4096, 128849018)).toBe(4096);
    expect(round_up_default_nslabs(32768, 512)).toBe(65536);
    expect(round_up_default_nslabs(32768, 4)).toBe(32768);
  });

  it("limit areas to 128 slots each, and a size on the command line to whole segments", () => {
    expect([limit_nareas(16, 1024), limit_nareas(4, 1024)]).toEqual([8, 4]);
    expect([setup_io_tlb_npages(1), setup_io_tlb_npages(129)]).toEqual([128, 256]);
    expect([nr_slots(1), nr_slots(2048), nr_slots(2049)]).toEqual([1, 1, 2]);
  });

  // kernel/dma/pool.c:191-199
  it.each([
    [512 * MiB, 128 * 1024],
    [8 * GiB, MiB],
    [256 * GiB, 4 * MiB],
  ])("the atomic pools of %i bytes of RAM have %i", (memory, bytes) => {
    expect(atomic_pool_size(memory)).toBe(bytes);
  });
});
