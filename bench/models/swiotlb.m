-- SPDX-License-Identifier: MIT
-- Streaming DMA through swiotlb: swiotlb.ts says what happens. All three models have the same actions.
-- One rule with its parameters is one action, and one firing is one transition.

type
  buffer: 0..3;
  slots: 0..1;
  direction: enum { TO_DEVICE, FROM_DEVICE, BIDIRECTIONAL };

var
  used: array [slots] of boolean;
  next: slots;             -- where the search for a free slot starts
  buffers: array [buffer] of record
    mapped: boolean;
    bounced: boolean;      -- mapped for device 0: through a slot
    slot: slots;
    to_device: boolean;
    from_device: boolean;
    cpu_owns: boolean;
    cpu_newer: boolean;    -- the CPU wrote what the slot does not have
    dev_newer: boolean;    -- the device wrote what the buffer does not have
  end;

procedure forget(b: buffer); begin
  buffers[b].mapped := false;
  buffers[b].bounced := false;
  buffers[b].slot := 0;
  buffers[b].to_device := false;
  buffers[b].from_device := false;
  buffers[b].cpu_owns := false;
  buffers[b].cpu_newer := false;
  buffers[b].dev_newer := false;
end;

procedure direct(b: buffer; d: direction); begin
  buffers[b].mapped := true;
  buffers[b].to_device := d != FROM_DEVICE;
  buffers[b].from_device := d != TO_DEVICE;
end;

startstate "start" begin
  for s: slots do used[s] := false; end;
  next := 0;
  for b: buffer do forget(b); end;
end;

ruleset b: buffer; d: direction do
  rule "map for device 0" !buffers[b].mapped & (!used[0] | !used[1]) ==>
  begin
    buffers[b].bounced := true;
    buffers[b].slot := used[next] ? 1 - next : next;
    used[buffers[b].slot] := true;
    next := 1 - buffers[b].slot;
    direct(b, d);
  end;

  rule "map for device 1" !buffers[b].mapped ==>
  begin direct(b, d); end;
end;

ruleset b: buffer do
  alias o: buffers[b] do

  rule "unmap" o.mapped ==>
  begin
    if o.bounced then used[o.slot] := false; end;
    forget(b);
  end;

  rule "cpu_read" !o.mapped | o.cpu_owns ==>
  begin end;

  rule "cpu_write" !o.mapped | (o.cpu_owns & o.to_device) ==>
  begin o.cpu_newer := o.cpu_newer | o.bounced; end;

  rule "dev_read" o.mapped & !o.cpu_owns & o.to_device ==>
  begin end;

  rule "dev_write" o.mapped & !o.cpu_owns & o.from_device ==>
  begin o.dev_newer := o.dev_newer | o.bounced; end;

  rule "sync_for_cpu" o.mapped & !o.cpu_owns ==>
  begin
    o.dev_newer := o.dev_newer & !o.from_device;
    o.cpu_owns := true;
  end;

  rule "sync_for_device" o.mapped & o.cpu_owns ==>
  begin
    o.cpu_newer := o.cpu_newer & !o.to_device;
    o.cpu_owns := false;
  end;

  end;
end;

invariant "slots are not shared"
  forall a: buffer do forall b: buffer do
    a != b & buffers[a].bounced & buffers[b].bounced -> buffers[a].slot != buffers[b].slot
  end end;
invariant "the pool knows the slots in use"
  forall s: slots do used[s] = exists b: buffer do buffers[b].bounced & buffers[b].slot = s end end;
invariant "nobody who may read misses a write"
  forall b: buffer do
    (buffers[b].cpu_owns -> !buffers[b].dev_newer) & (!buffers[b].cpu_owns -> !buffers[b].cpu_newer)
  end;
