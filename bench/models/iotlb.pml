/* SPDX-License-Identifier: MIT */
/*
 * DMA mappings whose IOTLB entries are flushed in batches: iotlb.ts says how. All three models have the same actions.
 * One process is one I/O virtual address or one frame; one option of its loop is one action, and one d_step is one transition.
 * With -DBUG frames are freed without waiting for the flush.
 */
#define NONE 3			/* no frame: they are 0 to 2 */
#define me _pid			/* addresses are processes 0 to 3 */
#define frame (_pid - 4)	/* and frames processes 4 to 6 */

mtype = { UNUSED, DRIVER, OTHER };

byte pte[4] = NONE;		/* the frame that the I/O page table has */
byte queued[4] = NONE;		/* unmapped and in the flush queue: the frame that it had */
byte tlb[4] = NONE;		/* the frame that the IOTLB holds */
mtype owner[3] = UNUSED;

/* What must hold after each step: no device reaches a frame that is somebody else's. */
#define safe(v) (tlb[v] == NONE || owner[tlb[v]] != OTHER)
#define CHECK assert(safe(0) && safe(1) && safe(2) && safe(3))

#define is_mapped(f) (pte[0] == f || pte[1] == f || pte[2] == f || pte[3] == f)
#ifdef BUG
#define is_queued(f) false
#else
#define is_queued(f) (queued[0] == f || queued[1] == f || queued[2] == f || queued[3] == f)
#endif

#define MAP(f) d_step { pte[me] == NONE && queued[me] == NONE && owner[f] == DRIVER -> pte[me] = f; CHECK }
#define FLUSH(v) if :: queued[v] != NONE -> queued[v] = NONE; tlb[v] = NONE :: else fi

active [4] proctype address()
{
	do
	:: MAP(0)
	:: MAP(1)
	:: MAP(2)
	/* dev_access: walks the page table unless the IOTLB has the address */
	:: d_step { pte[me] != NONE || tlb[me] != NONE -> tlb[me] = (tlb[me] == NONE -> pte[me] : tlb[me]); CHECK }
	/* unmap */
	:: d_step { pte[me] != NONE -> queued[me] = pte[me]; pte[me] = NONE; CHECK }
	/* tlb_evict */
	:: d_step { tlb[me] != NONE -> tlb[me] = NONE; CHECK }
	od
}

active [3] proctype frames()
{
	do
	/* alloc */
	:: d_step { owner[frame] == UNUSED -> owner[frame] = DRIVER; CHECK }
	/* free */
	:: d_step { owner[frame] == DRIVER && !is_mapped(frame) && !is_queued(frame) -> owner[frame] = UNUSED; CHECK }
	/* reuse */
	:: d_step { owner[frame] == UNUSED -> owner[frame] = OTHER; CHECK }
	/* release */
	:: d_step { owner[frame] == OTHER -> owner[frame] = UNUSED; CHECK }
	od
}

active proctype queue()
{
	do
	/* flush */
	:: d_step { queued[0] != NONE || queued[1] != NONE || queued[2] != NONE || queued[3] != NONE -> FLUSH(0); FLUSH(1); FLUSH(2); FLUSH(3); CHECK }
	od
}
