// SPDX-License-Identifier: MIT
/** Modules with the tree's own KUnit suites: one for each group, so that a group's suites can be run without compiling the others. */

import { CONTRACT, CONTRACT_FILES } from "./contract.ts";
import { ARM64_FILES, ARM64_GLUE, withoutX86 } from "./contract-arm64.ts";
import { files, type ModuleSpec, type SliceFile, X86_GLUE } from "./module-spec.ts";

/** What suites stand on besides the contract's files, on every architecture. */
const COMMON: readonly SliceFile[] = [
  ...files(
    "KUnit itself",
    "lib/kunit/test lib/kunit/resource lib/kunit/string-stream lib/kunit/assert lib/kunit/try-catch lib/kunit/executor lib/glob",
  ),
  ...files("KUnit's newer helpers", "lib/kunit/static_stub lib/kunit/attributes lib/kunit/device lib/kunit/hooks lib/kunit/platform lib/kunit/user_alloc", false),
  ...files("completions, wait queues; timers", "kernel/sched/build_utility kernel/time/timer kernel/time/time"),
  ...files("notifiers", "kernel/notifier"),
  ...files("the driver model under KUnit's devices", "drivers/base/core drivers/base/bus drivers/base/dd drivers/base/driver drivers/base/class lib/klist drivers/base/platform"),
];

const CORE: readonly SliceFile[] = [
  ...CONTRACT.files,
  ...COMMON,
  ...files("sleepable RCU of one CPU", "kernel/rcu/srcutiny"),
  ...files("the driver model under KUnit's devices: where ACPI says that they are", "drivers/base/physical_location"),
];

const CORE_ARM64: readonly SliceFile[] = [
  ...withoutX86(CONTRACT_FILES),
  ...ARM64_FILES,
  ...COMMON,
  ...files("sleepable RCU of several CPUs", "kernel/rcu/srcutree kernel/rcu/rcu_segcblist"),
];

const GLUE = [...X86_GLUE, { folder: "kunit" }];

const DRM: readonly SliceFile[] = [
  ...files("DRM devices as suites make them", "drivers/gpu/drm/tests/drm_kunit_helpers", false),
  ...files(
    "DRM's core: devices and their objects",
    `drivers/gpu/drm/drm_drv drivers/gpu/drm/drm_managed drivers/gpu/drm/drm_file drivers/gpu/drm/drm_auth drivers/gpu/drm/drm_client drivers/gpu/drm/drm_mode_config drivers/gpu/drm/drm_mode_object
     drivers/gpu/drm/drm_property drivers/gpu/drm/drm_connector drivers/gpu/drm/drm_encoder drivers/gpu/drm/drm_plane drivers/gpu/drm/drm_crtc
     drivers/gpu/drm/drm_framebuffer drivers/gpu/drm/drm_modeset_lock drivers/gpu/drm/drm_modes drivers/gpu/drm/drm_fourcc drivers/gpu/drm/drm_atomic
     drivers/gpu/drm/drm_atomic_helper drivers/gpu/drm/drm_atomic_state_helper drivers/gpu/drm/drm_bridge drivers/gpu/drm/drm_sysfs`,
  ),
  ...files("the buddy allocator of TTM's mock manager", "drivers/gpu/buddy drivers/gpu/drm/drm_buddy", false),
];

const TTM: readonly SliceFile[] = files(
  "TTM's suites",
  `drivers/gpu/drm/ttm/tests/ttm_device_test drivers/gpu/drm/ttm/tests/ttm_pool_test drivers/gpu/drm/ttm/tests/ttm_resource_test
   drivers/gpu/drm/ttm/tests/ttm_tt_test drivers/gpu/drm/ttm/tests/ttm_bo_test drivers/gpu/drm/ttm/tests/ttm_bo_validate_test
   drivers/gpu/drm/ttm/tests/ttm_mock_manager drivers/gpu/drm/ttm/tests/ttm_kunit_helpers`,
  false,
);

const LIB: readonly SliceFile[] = [
  ...files(
    "suites of the library",
    `lib/list-test lib/hashtable_test lib/test_bits lib/cmdline_kunit lib/test_linear_ranges lib/string_kunit lib/string_helpers_kunit lib/overflow_kunit
     lib/checksum_kunit lib/is_signed_type_kunit lib/memcpy_kunit lib/siphash_kunit lib/test_hash lib/test_sort kernel/resource_kunit`,
    false,
  ),
  ...files("suites of KUnit itself", "lib/kunit/kunit-test lib/kunit/kunit-example-test lib/kunit/platform-test lib/kunit/string-stream-test lib/kunit/assert_test", false),
  ...files("what the library's suites test", "lib/siphash lib/linear_ranges kernel/resource fs/namei lib/random32", false),
];

const DRM_SUITES: readonly SliceFile[] = [
  ...files(
    "DRM's suites",
    `drivers/gpu/drm/tests/drm_cmdline_parser_test drivers/gpu/drm/tests/drm_connector_test
     drivers/gpu/drm/tests/drm_damage_helper_test drivers/gpu/drm/tests/drm_dp_mst_helper_test drivers/gpu/drm/tests/drm_exec_test
     drivers/gpu/drm/tests/drm_format_helper_test drivers/gpu/drm/tests/drm_format_test drivers/gpu/drm/tests/drm_framebuffer_test
     drivers/gpu/drm/tests/drm_gem_shmem_test drivers/gpu/drm/tests/drm_hdmi_state_helper_test drivers/gpu/drm/tests/drm_managed_test
     drivers/gpu/drm/tests/drm_mm_test drivers/gpu/drm/tests/drm_modes_test drivers/gpu/drm/tests/drm_plane_helper_test
     drivers/gpu/drm/tests/drm_probe_helper_test drivers/gpu/drm/tests/drm_rect_test drivers/gpu/tests/gpu_buddy_test drivers/gpu/tests/gpu_random drivers/gpu/drm/lib/drm_random`,
    false,
  ),
  ...files(
    "what DRM's suites test",
    `drivers/gpu/drm/drm_client_modeset drivers/gpu/drm/drm_damage_helper drivers/gpu/drm/display/drm_dp_mst_topology drivers/gpu/drm/display/drm_dp_helper
     drivers/gpu/drm/display/drm_hdmi_helper drivers/gpu/drm/display/drm_hdmi_state_helper drivers/gpu/drm/display/drm_scdc_helper drivers/gpu/drm/drm_exec drivers/gpu/drm/drm_format_helper
     drivers/gpu/drm/drm_gem_shmem_helper drivers/gpu/drm/drm_gem_framebuffer_helper drivers/gpu/drm/drm_gem_atomic_helper drivers/gpu/drm/drm_plane_helper
     drivers/gpu/drm/drm_probe_helper drivers/gpu/drm/drm_rect drivers/gpu/drm/drm_edid drivers/gpu/drm/drm_displayid drivers/gpu/drm/drm_eld drivers/gpu/drm/drm_atomic_uapi
     drivers/gpu/drm/drm_blend drivers/gpu/drm/drm_color_mgmt drivers/gpu/drm/drm_crtc_helper drivers/gpu/drm/drm_modeset_helper drivers/gpu/drm/drm_self_refresh_helper
     drivers/gpu/drm/drm_vblank drivers/gpu/drm/drm_vblank_work drivers/gpu/drm/drm_writeback drivers/gpu/drm/drm_syncobj drivers/gpu/drm/drm_prime
     drivers/gpu/drm/drm_flip_work drivers/video/hdmi lib/math/prime_numbers lib/math/rational lib/math/int_sqrt
     drivers/gpu/drm/drm_lease drivers/video/cmdline drivers/base/component
     lib/random32 lib/seq_buf`,
    false,
  ),
];

export const KUNIT_LIB: ModuleSpec = { name: "kunit-lib", arch: "x86_64", files: [...CORE, ...LIB], glue: [...GLUE, { folder: "kunit-lib", include: ["arch/x86/lib"] }] };

export const KUNIT_TTM: ModuleSpec = { name: "kunit-ttm", arch: "x86_64", files: [...CORE, ...DRM, ...TTM], glue: GLUE };

export const KUNIT_DRM: ModuleSpec = { name: "kunit-drm", arch: "x86_64", files: [...CORE, ...DRM, ...DRM_SUITES], glue: GLUE };

export const KUNIT_TTM_ARM64: ModuleSpec = { name: "kunit-ttm-arm64", arch: "arm64", files: [...CORE_ARM64, ...DRM, ...TTM], glue: [...ARM64_GLUE, { folder: "kunit" }] };

export const KUNIT_DRM_ARM64: ModuleSpec = { name: "kunit-drm-arm64", arch: "arm64", files: [...CORE_ARM64, ...DRM, ...DRM_SUITES], glue: [...ARM64_GLUE, { folder: "kunit" }] };

export const KUNIT_LIB_ARM64: ModuleSpec = { name: "kunit-lib-arm64", arch: "arm64", files: [...CORE_ARM64, ...LIB, ...files("checksums", "lib/checksum arch/arm64/lib/csum")], glue: [...ARM64_GLUE, { folder: "kunit" }] };
