// SPDX-License-Identifier: MIT
/** How the makefiles end that tests are added to: a patch has to name lines around its own. */

/** The end of a makefile. */
export interface MakefileEnd {
  /** Lines of the whole file. */
  readonly lines: number;
  /** The last three of them. */
  readonly last: readonly string[];
}

/** The end of a makefile, from its text. */
export function endOf(text: string): MakefileEnd {
  const lines = text.replace(/\n$/, "").split("\n");
  return { lines: lines.length, last: lines.slice(-3) };
}

const DMA_LAST = ["obj-$(CONFIG_DMA_COHERENT_POOL)\t\t+= pool.o", "obj-$(CONFIG_MMU)\t\t\t+= remap.o", "obj-$(CONFIG_DMA_MAP_BENCHMARK)\t\t+= map_benchmark.o"];

const OLD_TTM: MakefileEnd = { lines: 10, last: ["ttm-$(CONFIG_AGP) += ttm_agp_backend.o", "", "obj-$(CONFIG_DRM_TTM) += ttm.o"] };

/** Of the releases that the model has, by folder. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, MakefileEnd>>>> = {
  "6.12": {
    "drivers/gpu/drm/ttm/tests/Makefile": { lines: 11, last: ["ttm_bo_validate_test.o \\", "ttm_mock_manager.o \\", "ttm_kunit_helpers.o"].map((name) => `        ${name}`) },
    "kernel/dma/Makefile": { lines: 12, last: DMA_LAST },
  },
  "6.1": {
    "drivers/gpu/drm/ttm/Makefile": OLD_TTM,
    "kernel/dma/Makefile": { lines: 12, last: DMA_LAST },
  },
};

/** How a makefile of a release ends; null where it has none, or where it is not known. @param release "6.12" */
export function knownEnd(release: string, path: string): MakefileEnd | null {
  return KNOWN[release]?.[path] ?? null;
}
