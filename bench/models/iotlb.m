-- SPDX-License-Identifier: MIT
-- DMA mappings whose IOTLB entries are flushed in batches: iotlb.ts says how. All three models have the same actions.
-- One rule with its parameters is one action, and one firing is one transition.

const
  BUG: false;    -- true: frames are freed without waiting for the flush
  NONE: 3;       -- no frame

type
  address: 0..3;
  frame: 0..2;
  frame_or_none: 0..3;
  users: enum { UNUSED, DRIVER, OTHER };

var
  pte: array [address] of frame_or_none;       -- the frame that the I/O page table has
  queued: array [address] of frame_or_none;    -- unmapped and in the flush queue: the frame that it had
  tlb: array [address] of frame_or_none;       -- the frame that the IOTLB holds
  owner: array [frame] of users;

startstate "start" begin
  for v: address do
    pte[v] := NONE;
    queued[v] := NONE;
    tlb[v] := NONE;
  end;
  for f: frame do owner[f] := UNUSED; end;
end;

ruleset v: address; f: frame do
  rule "map" pte[v] = NONE & queued[v] = NONE & owner[f] = DRIVER ==>
  begin pte[v] := f; end;
end;

ruleset v: address do
  -- walks the page table unless the IOTLB has the address
  rule "dev_access" pte[v] != NONE | tlb[v] != NONE ==>
  begin if tlb[v] = NONE then tlb[v] := pte[v]; end; end;

  rule "unmap" pte[v] != NONE ==>
  begin queued[v] := pte[v]; pte[v] := NONE; end;

  rule "tlb_evict" tlb[v] != NONE ==>
  begin tlb[v] := NONE; end;
end;

ruleset f: frame do
  rule "alloc" owner[f] = UNUSED ==>
  begin owner[f] := DRIVER; end;

  rule "free"
    owner[f] = DRIVER & (forall v: address do pte[v] != f end) & (BUG | forall v: address do queued[v] != f end)
  ==>
  begin owner[f] := UNUSED; end;

  rule "reuse" owner[f] = UNUSED ==>
  begin owner[f] := OTHER; end;

  rule "release" owner[f] = OTHER ==>
  begin owner[f] := UNUSED; end;
end;

rule "flush" exists v: address do queued[v] != NONE end ==>
begin
  for v: address do
    if queued[v] != NONE then
      queued[v] := NONE;
      tlb[v] := NONE;
    end;
  end;
end;

invariant "no device reaches a frame that is somebody else's"
  forall v: address do tlb[v] != NONE -> owner[tlb[v]] != OTHER end;
