/* SPDX-License-Identifier: MIT */
/*
 * Streaming DMA through swiotlb: swiotlb.ts says what happens. All three models have the same actions.
 * One process is one buffer, one option of its loop is one action, and one d_step is one transition.
 */
#define NONE 2			/* no slot: not mapped, or mapped for device 1 */

bit used[2];			/* slots */
bit next;			/* where the search for a free slot starts */
bit mapped[4];
byte slot[4] = NONE;
bit to_device[4];
bit from_device[4];
bit cpu_owns[4];
bit cpu_newer[4];		/* the CPU wrote what the slot does not have */
bit dev_newer[4];		/* the device wrote what the buffer does not have */

#define me _pid
#define bounced (slot[me] != NONE)

/* What must hold after each step: slots are not shared, the pool knows those in use, and nobody who may read misses a write. */
#define apart(a, b) (slot[a] == NONE || slot[a] != slot[b])
#define in_use(s) (used[s] == (slot[0] == s || slot[1] == s || slot[2] == s || slot[3] == s))
#define fresh(b) ((!cpu_owns[b] || !dev_newer[b]) && (cpu_owns[b] || !cpu_newer[b]))
#define CHECK assert(apart(0, 1) && apart(0, 2) && apart(0, 3) && apart(1, 2) && apart(1, 3) && apart(2, 3) && in_use(0) && in_use(1) && fresh(0) && fresh(1) && fresh(2) && fresh(3))

#define MAP_BOUNCED(to, from) \
	d_step { !mapped[me] && (!used[0] || !used[1]) -> mapped[me] = 1; slot[me] = (used[next] -> 1 - next : next); used[slot[me]] = 1; next = 1 - slot[me]; to_device[me] = to; from_device[me] = from; CHECK }
#define MAP_DIRECT(to, from) \
	d_step { !mapped[me] -> mapped[me] = 1; to_device[me] = to; from_device[me] = from; CHECK }

active [4] proctype buffer()
{
	do
	:: MAP_BOUNCED(1, 0)
	:: MAP_BOUNCED(0, 1)
	:: MAP_BOUNCED(1, 1)
	:: MAP_DIRECT(1, 0)
	:: MAP_DIRECT(0, 1)
	:: MAP_DIRECT(1, 1)
	/* unmap */
	:: d_step {
		mapped[me] ->
		if
		:: bounced -> used[slot[me]] = 0; slot[me] = NONE
		:: else
		fi;
		mapped[me] = 0; to_device[me] = 0; from_device[me] = 0; cpu_owns[me] = 0; cpu_newer[me] = 0; dev_newer[me] = 0; CHECK
	}
	/* cpu_read */
	:: d_step { !mapped[me] || cpu_owns[me] -> CHECK }
	/* cpu_write */
	:: d_step { !mapped[me] || cpu_owns[me] && to_device[me] -> cpu_newer[me] = cpu_newer[me] || bounced; CHECK }
	/* dev_read */
	:: d_step { mapped[me] && !cpu_owns[me] && to_device[me] -> CHECK }
	/* dev_write */
	:: d_step { mapped[me] && !cpu_owns[me] && from_device[me] -> dev_newer[me] = dev_newer[me] || bounced; CHECK }
	/* sync_for_cpu */
	:: d_step { mapped[me] && !cpu_owns[me] -> dev_newer[me] = dev_newer[me] && !from_device[me]; cpu_owns[me] = 1; CHECK }
	/* sync_for_device */
	:: d_step { mapped[me] && cpu_owns[me] -> cpu_newer[me] = cpu_newer[me] && !to_device[me]; cpu_owns[me] = 0; CHECK }
	od
}
