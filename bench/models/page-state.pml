/* SPDX-License-Identifier: MIT */
/*
 * Pages of an SEV-SNP guest that become shared and private: page-state.ts says how. All three models have the same actions.
 * One process is one page, one option of its loop is one action, and one d_step is one transition.
 */
mtype = { PRIVATE, RESCINDED, ASKED_SHARED, GIVEN, SHARED, CLAIMED, ASKED_PRIVATE, ASSIGNED_BACK };

bit busy;			/* a request to the host is under way */
byte asked;			/* requests under way: what `busy` must equal */

/* What must hold after each step. */
#define CHECK assert((!validated || !trusted || !plain) && (!validated || assigned && phase == PRIVATE) && asked == busy)

active [3] proctype page()
{
	mtype phase = PRIVATE;
	bit assigned = 1;	/* in the RMP */
	bit validated = 1;
	bit plain = 0;		/* whoever stored last did so in plain */
	bit trusted = 0;	/* the guest has stored there what it means to read again */

	do
	/* guest_read */
	:: d_step { phase == PRIVATE && assigned && validated -> CHECK }
	/* guest_write */
	:: d_step { phase == PRIVATE && assigned && validated -> plain = 0; trusted = 1; CHECK }
	/* guest_fault */
	:: d_step { phase == PRIVATE && !(assigned && validated) -> CHECK }
	/* rescind */
	:: d_step { phase == PRIVATE && assigned && validated -> validated = 0; trusted = 0; phase = RESCINDED; CHECK }
	/* ask_shared */
	:: d_step { phase == RESCINDED && !busy -> phase = ASKED_SHARED; busy = 1; asked++; CHECK }
	/* clear_cbit */
	:: d_step { phase == GIVEN -> phase = SHARED; CHECK }
	/* shared_read */
	:: d_step { phase == SHARED && !assigned -> CHECK }
	/* shared_write */
	:: d_step { phase == SHARED && !assigned -> plain = 1; CHECK }
	/* set_cbit */
	:: d_step { phase == SHARED -> phase = CLAIMED; CHECK }
	/* ask_private */
	:: d_step { phase == CLAIMED && !busy -> phase = ASKED_PRIVATE; busy = 1; asked++; CHECK }
	/* validate */
	:: d_step { phase == ASSIGNED_BACK && assigned -> validated = 1; phase = PRIVATE; CHECK }
	/* host_answer_shared */
	:: d_step { phase == ASKED_SHARED -> assigned = 0; validated = 0; phase = GIVEN; busy = 0; asked--; CHECK }
	/* host_answer_private */
	:: d_step { phase == ASKED_PRIVATE -> assigned = 1; validated = 0; phase = ASSIGNED_BACK; busy = 0; asked--; CHECK }
	/* host_take */
	:: d_step { assigned -> assigned = 0; validated = 0; CHECK }
	/* host_assign */
	:: d_step { !assigned -> assigned = 1; CHECK }
	/* host_read */
	:: d_step { true -> CHECK }
	/* host_write */
	:: d_step { !assigned -> plain = 1; CHECK }
	od
}
