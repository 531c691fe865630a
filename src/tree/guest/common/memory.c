// SPDX-License-Identifier: GPL-2.0-only
/*
 * memset, memcpy and their kin (arch/x86/lib has them in assembly). Kernel objects are plain wasm memory; contents of
 * page frames are the machine's, reached through its page tables. A frame that the kernel uses as an object (a page
 * table, an array) is accessed by plain loads and stores too, so in RAM both are written.
 */
#include "cbit.h"

unsigned long cbit_heap_start, cbit_heap_end, cbit_ram_start, cbit_ram_end, cbit_high_pfn, cbit_high_frames;

void cbit_layout(u32 heap_start, u32 heap_end, u32 ram_start, u32 ram_end, u32 high_pfn, u32 high_frames)
{
	cbit_heap_start = heap_start;
	cbit_heap_end = heap_end;
	cbit_ram_start = ram_start;
	cbit_ram_end = ram_end;
	cbit_high_pfn = high_pfn;
	cbit_high_frames = high_frames;
}

void *memcpy(void *to, const void *from, size_t n);

/* Struct pages of RAM above 4 GiB (pages.c): the only objects that lie beyond the end of memory. */
u32 cbit_apart_start, cbit_apart_end;

/* No other object of the kernel's reaches past the end of memory: what goes there is damage, and would last as long as 2^64 bytes do. */
static void check_range(unsigned long at, size_t n)
{
	if (n <= cbit_ram_end && ((u32)at >= CBIT_FAR || (u32)at + n <= cbit_ram_end))
		return;
	if ((u32)at < cbit_apart_start || n > cbit_apart_end - cbit_apart_start || (u32)at + n > cbit_apart_end)
		cbit_stop("the kernel fills or copies more than there is memory", "");
}

static void plain_set(char *to, int byte, size_t n)
{
	u64 word = (u8)byte * 0x0101010101010101ULL;

	for (; n >= 8; n -= 8, to += 8)
		*(u64 __attribute__((aligned(1), may_alias)) *)to = word;
	while (n--)
		*to++ = byte;
}

static void plain_copy(char *to, const char *from, size_t n)
{
	for (; n >= 8; n -= 8, to += 8, from += 8)
		*(u64 __attribute__((aligned(1), may_alias)) *)to = *(const u64 __attribute__((aligned(1), may_alias)) *)from;
	while (n--)
		*to++ = *from++;
}

static void plain_copy_down(char *to, const char *from, size_t n)
{
	while (n--)
		to[n] = from[n];
}

void *memset(void *to, int byte, size_t n)
{
	check_range((unsigned long)to, n);
	if (cbit_is_data((unsigned long)to))
		cbit_data_set((unsigned long)to, (u8)byte, n);
	if ((u32)(unsigned long)to < CBIT_FAR)
		plain_set(to, byte, n);
	return to;
}

/* rep stos: @count times the low @bytes bytes of @value */
void cbit_fill(void *to, u64 value, u64 count, u32 bytes)
{
	check_range((unsigned long)to, count);
	for (; count; count--, to += bytes)
		memcpy(to, &value, bytes);
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned long t = (unsigned long)to, f = (unsigned long)from;

	check_range(t, n);
	check_range(f, n);
	if (cbit_is_data(t) || cbit_is_data(f))
		cbit_data_copy(t, f, n);
	if ((u32)t >= CBIT_FAR || (u32)f >= CBIT_FAR || (cbit_is_data(f) && !cbit_is_data(t)))
		return to;
	if (t <= f || t >= f + n)
		plain_copy(to, from, n);
	else
		plain_copy_down(to, from, n);
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	return memmove(to, from, n);
}

void *__memcpy(void *to, const void *from, size_t n)
{
	return memmove(to, from, n);
}

void *__memset(void *to, int byte, size_t n)
{
	return memset(to, byte, n);
}

void *__memmove(void *to, const void *from, size_t n)
{
	return memmove(to, from, n);
}

void cbit_copy(void *to, const void *from, size_t n)
{
	memmove(to, from, n);
}

void cbit_clear_page(void *page)
{
	memset(page, 0, 4096);
}

/* A byte of a page's contents or of the kernel's own objects: src/tree/lower/contents.ts. */
u32 cbit_load_byte(const u8 *at)
{
	u8 byte = 0;

	if (!cbit_is_data((unsigned long)at))
		return *at;
	cbit_data_copy((unsigned long)&byte, (unsigned long)at, 1);
	return byte;
}

/* The frame's own bytes, not the contents: what a frame holds that is no kernel object. */
void cbit_clear_plain(void *page)
{
	plain_set(page, 0, 4096);
}

/*
 * Which 4 KiB chunks of [start, end) differ from their copies at @shadow: updates the copies, writes the chunks'
 * numbers to @list, returns how many there are. Addresses are below 4 GiB.
 */
u32 cbit_changes(u32 start, u32 end, u32 shadow, u32 list)
{
	u64 *now = (u64 *)(unsigned long)start, *then = (u64 *)(unsigned long)shadow;
	u32 *out = (u32 *)(unsigned long)list;
	u32 count = 0, chunk, i;

	for (chunk = 0; chunk < (end - start) >> 12; chunk++, now += 512, then += 512) {
		u64 differ = 0;

		for (i = 0; i < 512; i += 8)
			differ |= (now[i] ^ then[i]) | (now[i + 1] ^ then[i + 1]) | (now[i + 2] ^ then[i + 2]) |
				  (now[i + 3] ^ then[i + 3]) | (now[i + 4] ^ then[i + 4]) | (now[i + 5] ^ then[i + 5]) |
				  (now[i + 6] ^ then[i + 6]) | (now[i + 7] ^ then[i + 7]);
		if (!differ)
			continue;
		plain_copy((char *)then, (char *)now, 4096);
		out[count++] = chunk;
	}
	return count;
}

/* arch/x86/lib/copy_page_64.S */
void copy_page(void *to, void *from)
{
	memmove(to, from, 4096);
}

void clear_page_orig(void *page)
{
	cbit_clear_page(page);
}

void clear_page_rep(void *page)
{
	cbit_clear_page(page);
}

void clear_page_erms(void *page)
{
	cbit_clear_page(page);
}

/* arch/x86/lib/iomem.c */
void memset_io(volatile void *to, int byte, size_t n)
{
	memset((void *)to, byte, n);
}

void memcpy_fromio(void *to, const volatile void *from, size_t n)
{
	memmove(to, (const void *)from, n);
}

void memcpy_toio(volatile void *to, const void *from, size_t n)
{
	memmove((void *)to, from, n);
}

/* compiler-rt: 128-bit product, which the wasm backend calls for overflow checks. */
struct cbit_u128 {
	u64 lo, hi;
};

void __multi3(struct cbit_u128 *out, u64 alo, u64 ahi, u64 blo, u64 bhi)
{
	u64 a0 = (u32)alo, a1 = alo >> 32, b0 = (u32)blo, b1 = blo >> 32;
	u64 low = a0 * b0, mid = a1 * b0 + (low >> 32), mid2 = a0 * b1 + (u32)mid;

	out->lo = (mid2 << 32) | (u32)low;
	out->hi = a1 * b1 + (mid >> 32) + (mid2 >> 32) + alo * bhi + ahi * blo;
}
