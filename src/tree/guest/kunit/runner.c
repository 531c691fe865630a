// SPDX-License-Identifier: GPL-2.0-only
/* Runs the tree's suites through KUnit's own executor, as `kunit.filter_glob` has it run them (lib/kunit/executor.c). */
#include <kunit/test.h>
#include <linux/init.h>
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include "cbit.h"
#include "compat.h"
#include "device.h"
#include "options.h"
#include "thread.h"

/* include/asm-generic/vmlinux.lds.h KUNIT_TABLE, KUNIT_INIT_TABLE */
extern struct kunit_suite *const __kunit_suites_start[], *const __kunit_suites_end[];
extern struct kunit_suite *const __kunit_init_suites_start[], *const __kunit_init_suites_end[];

/* kunit.enable, a parameter of the module (lower/parameters.ts) */
extern bool cbit_param_kunit_enable;

int kunit_init(void);
int devices_init(void);
int buses_init(void);
int classes_init(void);
int platform_bus_init(void);
/* Where the files that have them are in the slice. */
int drm_core_init(void) __weak;
int gpu_buddy_module_init(void) __weak;
int drm_buddy_module_init(void) __weak;

#define GLOB_BYTES 512
/* Times the limit of loops (lower/steps.ts): a test may take some seconds. */
#define MORE_ROUNDS 60

static char glob[GLOB_BYTES];
#if CBIT_SINCE(6, 6)
static struct kunit_suite_set all;
#else
/* lib/kunit/executor.c keeps its sets to itself, and merges none. */
static struct { struct kunit_suite *const *start, *const *end; } all;
#endif

/* drivers/base/init.c driver_init() */
static void driver_model_init(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	cbit_time_init();
	devices_init();
	buses_init();
	classes_init();
	platform_bus_init();
}

/* drivers/pci/pci-driver.c pci_driver_init(): the IOMMU core looks for devices on the bus (x86/boot.c). */
void cbit_before_iommu(void)
{
	driver_model_init();
	if (bus_register(&pci_bus_type))
		cbit_stop("the PCI bus cannot be registered", "");
}

/* The driver model, unless it is there, then the initcalls of the suites' environment. Returns 0 or a negative errno. */
int cbit_kunit_boot(void)
{
#if CBIT_SINCE(6, 6)
	struct kunit_suite_set early = { __kunit_init_suites_start, __kunit_init_suites_end };
	struct kunit_suite_set suites = { __kunit_suites_start, __kunit_suites_end };
#endif

	driver_model_init();
	/* The PCI device's domain, as where its bus is told of it (drivers/iommu/iommu.c iommu_bus_notifier). */
	if (cbit_opt_iommu)
		iommu_probe_device(cbit_device());
	if (gpu_buddy_module_init)
		gpu_buddy_module_init();
	if (drm_buddy_module_init)
		drm_buddy_module_init();
	if (drm_core_init)
		drm_core_init();
	cbit_param_kunit_enable = true;
#if CBIT_SINCE(6, 6)
	all = kunit_merge_suite_sets(early, suites);
#else
	all.start = __kunit_suites_start;
	all.end = __kunit_suites_end;
#endif
	return kunit_init();
}

/* Names of suites and their cases, for the host; 0 where there is none of that number. */
u32 cbit_kunit_suite(u32 suite)
{
	return suite < all.end - all.start ? (u32)(unsigned long)all.start[suite]->name : 0;
}

u32 cbit_kunit_case(u32 suite, u32 test)
{
	return (u32)(unsigned long)all.start[suite]->test_cases[test].name;
}

/* Where the host writes "suite.case". */
u32 cbit_kunit_glob(void)
{
	return (u32)(unsigned long)glob;
}

/* Runs what the glob matches; what comes of it is in the log. Returns 0 or a negative errno. */
#if CBIT_SINCE(6, 6)
int cbit_kunit_run(void)
{
	struct kunit_suite_set chosen;
	int error = 0;

	cbit_steps_reset();
	cbit_steps_allow(MORE_ROUNDS);
	chosen = kunit_filter_suites(&all, glob, NULL, NULL, &error);
	if (error)
		return error;
	kunit_exec_run_tests(&chosen, false);
	kunit_free_suite_set(chosen);
	return 0;
}
#else
int cbit_kunit_run(void)
{
	struct kunit_case *test, cases[2] = { };
	struct kunit_suite *const *suite, copy, *run = &copy;
	size_t length = strchrnul(glob, '.') - glob;

	cbit_steps_reset();
	cbit_steps_allow(MORE_ROUNDS);
	for (suite = all.start; suite < all.end; suite++) {
		if (strlen((*suite)->name) != length || strncmp((*suite)->name, glob, length))
			continue;
		memcpy(&copy, *suite, sizeof(copy));
		kunit_suite_for_each_test_case((*suite), test)
			if (glob[length] && !strcmp(test->name, glob + length + 1)) {
				cases[0] = *test;
				copy.test_cases = cases;
			}
		__kunit_test_suites_init(&run, 1);
	}
	return 0;
}
#endif
