// SPDX-License-Identifier: GPL-2.0-only
/* What the suites use of parts of the kernel that are not in the slice. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <linux/dev_printk.h>
#include <linux/fwnode.h>
#include "cbit.h"
#include "compat.h"

/* Suites own their pages: there is no buffer of the contract whose contents could be looked at (common/limits.c). */
unsigned long cbit_bo_plainly_written(void)
{
	return ~0UL;
}

bool initcall_debug;				/* init/main.c */
unsigned long physmem_end = (1UL << MAX_PHYSMEM_BITS) - 1;	/* arch/x86/mm/kaslr.c */
const struct fwnode_operations of_fwnode_ops;	/* drivers/of/property.c: no device has a node */

/* mm/util.c */
char *kstrndup(const char *text, size_t most, gfp_t gfp)
{
	size_t length = text ? strnlen(text, most) : 0;
	char *copy = text ? kmalloc(length + 1, gfp) : NULL;

	if (copy) {
		memcpy(copy, text, length);
		copy[length] = '\0';
	}
	return copy;
}

#if !CBIT_SINCE(6, 10)
#define kmemdup_noprof kmemdup
#endif

void *kmemdup_noprof(const void *from, size_t size, gfp_t gfp)
{
	void *copy = kmalloc(size, gfp);

	if (copy)
		memcpy(copy, from, size);
	return copy;
}

char *kmemdup_nul(const char *text, size_t length, gfp_t gfp)
{
	return kstrndup(text, length, gfp);
}

/* The loop of ip_fast_csum() (arch/x86/include/asm/checksum_64.h), which is assembly: one's complement of the sum. */
u32 cbit_ip_checksum(const u32 *header, u32 words)
{
	u64 sum = 0;

	while (words--)
		sum += *header++;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* drivers/char/random.c: the same numbers in every run. Marsaglia, "Xorshift RNGs", 2003. */
static u64 random_state = 0x9e3779b97f4a7c15ULL;

static u64 next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

void get_random_bytes(void *to, size_t size)
{
	u8 *at = to;

	while (size--)
		*at++ = next_random() >> 24;
}

u8 get_random_u8(void) { return next_random() >> 24; }
u16 get_random_u16(void) { return next_random() >> 24; }
u32 get_random_u32(void) { return next_random() >> 24; }
u64 get_random_u64(void) { return next_random(); }

u32 __get_random_u32_below(u32 ceil)
{
	return (next_random() >> 32) * ceil >> 32;
}
