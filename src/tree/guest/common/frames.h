/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of simulated RAM, by number: those below 4 GiB come first, then those above. */
#ifndef CBIT_FRAMES_H
#define CBIT_FRAMES_H

#include <linux/types.h>

struct page;

unsigned long cbit_frames(void);
struct page *cbit_frame_page(unsigned long frame);
/* The number of a page's frame; -1 where it is not in RAM. */
long cbit_frame_of(const struct page *page);

/* memory.c: where the struct pages of RAM above 4 GiB lie. */
extern u32 cbit_apart_start, cbit_apart_end;

/* What is allocated from here on holds the kernel's own objects, which plain loads and stores must reach: not above 4 GiB. */
void cbit_frames_for_objects(bool on);

#endif
