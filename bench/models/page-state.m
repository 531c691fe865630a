-- SPDX-License-Identifier: MIT
-- Pages of an SEV-SNP guest that become shared and private: page-state.ts says how. All three models have the same actions.
-- One rule for one page is one action, and one firing is one transition.

type
  page: 0..2;
  guest: enum { PRIVATE, RESCINDED, ASKED_SHARED, GIVEN, SHARED, CLAIMED, ASKED_PRIVATE, ASSIGNED_BACK };

var
  busy: boolean;          -- a request to the host is under way
  pages: array [page] of record
    phase: guest;
    assigned: boolean;    -- in the RMP
    validated: boolean;
    plain: boolean;       -- whoever stored last did so in plain
    trusted: boolean;     -- the guest has stored there what it means to read again
  end;

startstate "start" begin
  busy := false;
  for p: page do
    pages[p].phase := PRIVATE;
    pages[p].assigned := true;
    pages[p].validated := true;
    pages[p].plain := false;
    pages[p].trusted := false;
  end;
end;

ruleset p: page do
  alias o: pages[p] do

  rule "guest_read" o.phase = PRIVATE & o.assigned & o.validated ==>
  begin end;

  rule "guest_write" o.phase = PRIVATE & o.assigned & o.validated ==>
  begin o.plain := false; o.trusted := true; end;

  rule "guest_fault" o.phase = PRIVATE & !(o.assigned & o.validated) ==>
  begin end;

  rule "rescind" o.phase = PRIVATE & o.assigned & o.validated ==>
  begin o.validated := false; o.trusted := false; o.phase := RESCINDED; end;

  rule "ask_shared" o.phase = RESCINDED & !busy ==>
  begin o.phase := ASKED_SHARED; busy := true; end;

  rule "clear_cbit" o.phase = GIVEN ==>
  begin o.phase := SHARED; end;

  rule "shared_read" o.phase = SHARED & !o.assigned ==>
  begin end;

  rule "shared_write" o.phase = SHARED & !o.assigned ==>
  begin o.plain := true; end;

  rule "set_cbit" o.phase = SHARED ==>
  begin o.phase := CLAIMED; end;

  rule "ask_private" o.phase = CLAIMED & !busy ==>
  begin o.phase := ASKED_PRIVATE; busy := true; end;

  rule "validate" o.phase = ASSIGNED_BACK & o.assigned ==>
  begin o.validated := true; o.phase := PRIVATE; end;

  rule "host_answer_shared" o.phase = ASKED_SHARED ==>
  begin o.assigned := false; o.validated := false; o.phase := GIVEN; busy := false; end;

  rule "host_answer_private" o.phase = ASKED_PRIVATE ==>
  begin o.assigned := true; o.validated := false; o.phase := ASSIGNED_BACK; busy := false; end;

  rule "host_take" o.assigned ==>
  begin o.assigned := false; o.validated := false; end;

  rule "host_assign" !o.assigned ==>
  begin o.assigned := true; end;

  rule "host_read" true ==>
  begin end;

  rule "host_write" !o.assigned ==>
  begin o.plain := true; end;

  end;
end;

invariant "the guest reads what it wrote"
  forall p: page do pages[p].validated & pages[p].trusted -> !pages[p].plain end;
invariant "what is validated is assigned and in use as private"
  forall p: page do pages[p].validated -> pages[p].assigned & pages[p].phase = PRIVATE end;
invariant "one request at a time"
  (forall p: page do forall q: page do
    p != q & (pages[p].phase = ASKED_SHARED | pages[p].phase = ASKED_PRIVATE) -> pages[q].phase != ASKED_SHARED & pages[q].phase != ASKED_PRIVATE
  end end) & busy = exists p: page do pages[p].phase = ASKED_SHARED | pages[p].phase = ASKED_PRIVATE end;
