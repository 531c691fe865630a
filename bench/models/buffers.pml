/* SPDX-License-Identifier: MIT */
/*
 * Five buffers of a GPU driver: buffers.ts says what they do. All three models have the same actions in the same order.
 * One process is one buffer, one option of its loop is one action, and one d_step is one transition.
 */
mtype = { SYSTEM, TT, VRAM, SWAPPED };

/* What must hold of a buffer after each step: as the invariants of buffers.m, in the same order. */
#define CHECK assert((place != VRAM || wc) && (!encrypted || !wc) && (place != TT && place != VRAM || !encrypted) && (!dirty || !wc))

active [5] proctype buffer()
{
	mtype place = SYSTEM;
	bit wc = 0;		/* write-combined; else cached */
	bit encrypted = 1;
	bit mapped = 0;		/* the CPU has a mapping */
	bit dirty = 0;		/* the CPU's caches hold lines that memory does not have yet */

	do
	/* map */
	:: d_step { !mapped && (place == TT || place == VRAM || encrypted && place == SYSTEM) -> mapped = 1; CHECK }
	/* unmap */
	:: d_step { mapped -> mapped = 0; CHECK }
	/* cpu_read */
	:: d_step { mapped -> CHECK }
	/* cpu_write */
	:: d_step { mapped -> dirty = !wc; CHECK }
	/* flush */
	:: d_step { dirty -> dirty = 0; CHECK }
	/* dev_read */
	:: d_step { (place == TT || place == VRAM) -> CHECK }
	/* dev_write */
	:: d_step { (place == TT || place == VRAM) && !dirty -> CHECK }
	/* decrypt */
	:: d_step { place == SYSTEM && encrypted && !mapped && !dirty -> encrypted = 0; CHECK }
	/* encrypt */
	:: d_step { place == SYSTEM && !encrypted -> encrypted = 1; CHECK }
	/* bind */
	:: d_step { place == SYSTEM && !encrypted -> place = TT; CHECK }
	/* unbind */
	:: d_step { place == TT && !wc && !mapped && !dirty -> place = SYSTEM; CHECK }
	/* set_wc */
	:: d_step { place == TT && !wc && !mapped && !dirty -> wc = 1; CHECK }
	/* set_wb */
	:: d_step { place == TT && wc && !mapped -> wc = 0; CHECK }
	/* move_to_vram */
	:: d_step { place == TT && wc && !mapped -> place = VRAM; CHECK }
	/* evict */
	:: d_step { place == VRAM && !mapped -> place = TT; CHECK }
	/* swapout */
	:: d_step { place == SYSTEM && encrypted && !mapped -> place = SWAPPED; dirty = 0; CHECK }
	/* swapin */
	:: d_step { place == SWAPPED -> place = SYSTEM; CHECK }
	od
}
