// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses of drivers that are volatile or the assembly of writel() and its kin (src/tree/lower): to kernel objects, to
 * contents of pages by some mapping, or to what the device has in its memory for itself.
 */
#include <linux/mm.h>
#include <linux/string.h>
#include "cbit.h"
#include "own.h"
#include "user.h"

/* The object behind an address of a mapping of the device's memory; the address itself where there is none. */
static void *object(const void *at, u32 bytes)
{
	pte_t *pte = (u32)(unsigned long)at < CBIT_FAR ? NULL : cbit_pte(&init_mm, (unsigned long)at, false);
	void *registers = pte && pte_present(*pte) ? cbit_registers(PFN_PHYS(pte_pfn(*pte)) + offset_in_page(at), bytes) : NULL;

	return registers ?: (void *)at;
}

/* arch/x86/lib/iomem.c, as far as it reaches such memory */
void __real_memset_io(volatile void __iomem *to, int byte, size_t n);

void __wrap_memset_io(volatile void __iomem *to, int byte, size_t n)
{
	void *registers = object((void *)to, n);

	if (registers == (void *)to)
		__real_memset_io(to, byte, n);
	else
		memset(registers, byte, n);
}

u64 cbit_volatile_load(const void *from, u32 bytes)
{
	u64 value = 0;

	memcpy(&value, object(from, bytes), bytes);
	return value;
}

void cbit_volatile_store(void *to, u64 value, u32 bytes)
{
	memcpy(object(to, bytes), &value, bytes);
}
