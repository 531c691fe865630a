// SPDX-License-Identifier: MIT
/** Which module has which suites, and which of them a glob means. */

import { type ArchitectureName, architectureOn } from "../architectures.ts";
import type { Configuration } from "../../kernel/index.ts";
import { KUNIT_DRM, KUNIT_DRM_ARM64, KUNIT_LIB, KUNIT_LIB_ARM64, KUNIT_TTM, KUNIT_TTM_ARM64, type ModuleSpec } from "../modules/index.ts";

/** Suites that are known to be in one module: others are found where all modules are prepared. */
export interface SuiteGroup {
  /** Whose suites they are. */
  readonly of: string;
  readonly modules: Readonly<Record<ArchitectureName, ModuleSpec>>;
  /** Folders of the tree in which suites of the group are looked for, besides those of the modules (find-suites.ts). */
  readonly folders: readonly string[];
  readonly suites: readonly string[];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/** In the order in which they run; suites as in Linux 6.12. */
export const SUITE_GROUPS: readonly SuiteGroup[] = [
  { of: "TTM", modules: { x86_64: KUNIT_TTM, arm64: KUNIT_TTM_ARM64 }, folders: ["drivers/gpu/drm/ttm/tests", "drivers/gpu/drm/ttm"], suites: words("ttm_device ttm_pool ttm_resource ttm_tt ttm_bo ttm_bo_validate") },
  {
    of: "DRM",
    modules: { x86_64: KUNIT_DRM, arm64: KUNIT_DRM_ARM64 },
    folders: ["drivers/gpu/drm/tests", "drivers/gpu/tests"],
    suites: words(`drm_test_pick_cmdline drm_cmdline_parser drmm_connector_hdmi_init drmm_connector_init drm_connector_attach_broadcast_rgb_property
      drm_get_tv_mode_from_name drm_test_connector_hdmi_compute_mode_clock drm_hdmi_connector_get_broadcast_rgb_name drm_hdmi_connector_get_output_format_name
      drm_damage_helper drm_dp_mst_helper drm_exec drm_format_helper_test drm_format drm_framebuffer drm_gem_shmem drm_atomic_helper_connector_hdmi_check
      drm_atomic_helper_connector_hdmi_reset drm_managed drm_mm drm_modes_analog_tv drm_plane_helper drm_connector_helper_tv_get_modes drm_rect gpu_buddy`),
  },
  {
    of: "the library and the DMA layer",
    modules: { x86_64: KUNIT_LIB, arm64: KUNIT_LIB_ARM64 },
    folders: ["lib", "lib/kunit", "lib/tests", "kernel", "kernel/dma"],
    suites: words(`example_init resource string string_helpers hash lib_sort kunit_executor_test kunit-try-catch-test kunit-resource-test kunit-log-test kunit_status kunit_current
      kunit_device kunit_fault kunit_platform_device kunit_platform_driver string-stream-test kunit-assert example checksum list-kunit-test hlist klist
      hashtable linear-ranges-test bits-test cmdline memcpy is_signed_type overflow siphash`),
  },
];

/** A glob of `lib/glob.c` as a regular expression: *, ?, [a-z], [!a-z]. */
function globExpression(glob: string): RegExp {
  const text = glob.replace(/\[(!?)((?:\]|[^\]])[^\]]*)\]|[\s\S]/g, (char, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\\]^]/g, "\\$&")}]`;
    if (char === "*") return ".*";
    return char === "?" ? "." : char.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${text}$`, "s");
}

/** "suite_glob" or "suite_glob.test_glob", as `kunit.filter_glob` takes it (lib/kunit/executor.c). */
export class TestFilter {
  private readonly suite: RegExp;
  private readonly case: RegExp | null;

  constructor(glob: string) {
    const dot = glob.indexOf(".");
    this.suite = globExpression(dot < 0 ? glob : glob.slice(0, dot));
    this.case = dot < 0 ? null : globExpression(glob.slice(dot + 1));
  }

  /** @param test null for a suite as such */
  wants(suite: string, test: string | null): boolean {
    return this.wantsSuite(suite) && (this.case === null || (test !== null && this.case.test(test)));
  }

  wantsSuite(suite: string): boolean {
    return this.suite.test(suite);
  }
}

/** The modules that may have what a glob means: all where it means no suite that is known. @param all the groups that there are */
export function groupsOf(filter: TestFilter, all: readonly SuiteGroup[] = SUITE_GROUPS): readonly SuiteGroup[] {
  const groups = all.filter((group) => group.suites.some((suite) => filter.wantsSuite(suite)));
  return groups.length === 0 ? all : groups;
}

/** A group's module for each architecture among machines, with the machines that it runs on. */
export function machinesByModule<M extends Pick<Configuration, "platform">>({ modules }: SuiteGroup, machines: readonly M[]): { readonly module: ModuleSpec; readonly machines: readonly M[] }[] {
  const runs = Object.values(modules).map((module) => ({ module, machines: machines.filter((m) => architectureOn(m.platform) === module.arch) }));
  return runs.filter((run) => run.machines.length > 0);
}

/** Tests that cbit cannot run, each with the reason. */
export const NOT_CARRIED: Readonly<Record<string, string>> = {
  "drm_gem_shmem.drm_gem_shmem_test_vmap": "reads every byte of a vmap()ed page by plain instructions: contents of pages are the machine's, which keeps one cell of each page",
};
