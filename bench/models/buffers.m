-- SPDX-License-Identifier: MIT
-- Five buffers of a GPU driver: buffers.ts says what they do. All three models have the same actions in the same order.
-- One rule for one buffer is one action, and one firing is one transition.

type
  buffer: 0..4;
  location: enum { SYSTEM, TT, VRAM, SWAPPED };

var
  buffers: array [buffer] of record
    place: location;
    wc: boolean;         -- write-combined; else cached
    encrypted: boolean;
    mapped: boolean;     -- the CPU has a mapping
    dirty: boolean;      -- the CPU's caches hold lines that memory does not have yet
  end;

startstate "start" begin
  for b: buffer do
    buffers[b].place := SYSTEM;
    buffers[b].wc := false;
    buffers[b].encrypted := true;
    buffers[b].mapped := false;
    buffers[b].dirty := false;
  end;
end;

ruleset b: buffer do
  alias o: buffers[b] do

  rule "map" !o.mapped & (o.place = TT | o.place = VRAM | (o.encrypted & o.place = SYSTEM)) ==>
  begin o.mapped := true; end;

  rule "unmap" o.mapped ==>
  begin o.mapped := false; end;

  rule "cpu_read" o.mapped ==>
  begin end;

  rule "cpu_write" o.mapped ==>
  begin o.dirty := !o.wc; end;

  rule "flush" o.dirty ==>
  begin o.dirty := false; end;

  rule "dev_read" o.place = TT | o.place = VRAM ==>
  begin end;

  rule "dev_write" (o.place = TT | o.place = VRAM) & !o.dirty ==>
  begin end;

  rule "decrypt" o.place = SYSTEM & o.encrypted & !o.mapped & !o.dirty ==>
  begin o.encrypted := false; end;

  rule "encrypt" o.place = SYSTEM & !o.encrypted ==>
  begin o.encrypted := true; end;

  rule "bind" o.place = SYSTEM & !o.encrypted ==>
  begin o.place := TT; end;

  rule "unbind" o.place = TT & !o.wc & !o.mapped & !o.dirty ==>
  begin o.place := SYSTEM; end;

  rule "set_wc" o.place = TT & !o.wc & !o.mapped & !o.dirty ==>
  begin o.wc := true; end;

  rule "set_wb" o.place = TT & o.wc & !o.mapped ==>
  begin o.wc := false; end;

  rule "move_to_vram" o.place = TT & o.wc & !o.mapped ==>
  begin o.place := VRAM; end;

  rule "evict" o.place = VRAM & !o.mapped ==>
  begin o.place := TT; end;

  rule "swapout" o.place = SYSTEM & o.encrypted & !o.mapped ==>
  begin o.place := SWAPPED; o.dirty := false; end;

  rule "swapin" o.place = SWAPPED ==>
  begin o.place := SYSTEM; end;

  end;
end;

invariant "VRAM is write-combined" forall b: buffer do buffers[b].place = VRAM -> buffers[b].wc end;
invariant "encrypted pages are cached" forall b: buffer do buffers[b].encrypted -> !buffers[b].wc end;
invariant "what the device reaches is decrypted" forall b: buffer do buffers[b].place = TT | buffers[b].place = VRAM -> !buffers[b].encrypted end;
invariant "only cached pages are dirty" forall b: buffer do buffers[b].dirty -> !buffers[b].wc end;
