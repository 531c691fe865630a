// SPDX-License-Identifier: GPL-2.0-only
/* What boot loader and firmware hand over: boot_params, and in an SNP guest the blob with its CPUID and secrets pages. */
#include <linux/mm.h>
#include <linux/psp-sev.h>
#include <asm/bootparam.h>
#include <asm/sev.h>
#include <asm/msr-index.h>
#include <asm/cpufeature.h>
#include "cbit.h"
#include "platform.h"

#define CPUID_SNP 4	/* 8000001F EAX */

struct boot_params boot_params;	/* arch/x86/kernel/setup.c */
static char command_line[] = "mem_encrypt=on";

/* SEV-SNP Firmware ABI 8.14.2.6 */
struct cpuid_page {
	u32 count, reserved[3];
	struct {
		u32 leaf, subleaf;
		u64 xcr0, xss;
		u32 registers[4];
		u64 reserved;
	} leaves[64];
};

static struct cpuid_page cpuid_page __aligned(PAGE_SIZE);
static char secrets_page[PAGE_SIZE] __aligned(PAGE_SIZE);
static struct cc_blob_sev_info blob;

static void fill_cpuid_page(void)
{
	static const u32 leaves[] = { 1, 0x80000000, 0x8000001f };
	u32 i, reg;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		cpuid_page.leaves[i].leaf = leaves[i];
		for (reg = 0; reg < 4; reg++)
			cpuid_page.leaves[i].registers[reg] = cbit_cpuid(leaves[i], 0, reg);
	}
	cpuid_page.count = ARRAY_SIZE(leaves);
}

struct boot_params *cbit_boot_params(void)
{
	u32 eax = cbit_cpuid(0x8000001f, 0, 0);

	/* The command line of an SME host; the decompressor notes it (6.8 and later). */
	boot_params.hdr.cmd_line_ptr = (u32)(unsigned long)command_line;
#ifdef XLF_MEM_ENCRYPTION
	boot_params.hdr.xloadflags = XLF_MEM_ENCRYPTION;
#endif
	if (!(eax & BIT(CPUID_SNP)))
		return &boot_params;
	fill_cpuid_page();
	blob.magic = CC_BLOB_SEV_HDR_MAGIC;
	blob.secrets_phys = (unsigned long)secrets_page;
	blob.secrets_len = PAGE_SIZE;
	blob.cpuid_phys = (unsigned long)&cpuid_page;
	blob.cpuid_len = PAGE_SIZE;
	boot_params.cc_blob_address = (u32)(unsigned long)&blob;
	return &boot_params;
}
