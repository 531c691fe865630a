// SPDX-License-Identifier: MIT
/** Moves of the environment: caches, TLB, injected failures, the device's trust. */

import { type Injectable, INJECTABLE } from "../../kernel/index.ts";
import { ENODEV } from "../errno.ts";
import { type Linux, put } from "../linux.ts";
import { tt_page } from "../bufs.ts";
import type { Call, Handlers } from "./call.ts";

const done = (from: string): Call => ({ from, error: 0 });

function arm(k: Linux, fn: Injectable, nth: number): void {
  put(k, k.layout.inject, INJECTABLE.indexOf(fn) + 1);
  put(k, k.layout.inject + 1, nth);
}

export const ENVIRONMENT_HANDLERS: Handlers = {
  fail: (k, o) => {
    arm(k, o.function, o.nth ?? 1);
    return done("fail");
  },
  writeback: (k, o) => {
    const frame = tt_page(k, o.buf, o.page);
    if (frame !== null) k.machine.flushLine({ frame, cell: Math.floor((o.at ?? 0) / k.machine.memory.stride) }, o.cbit);
    return done("writeback");
  },
  tlb_evict: (k) => {
    k.machine.tlb?.flushAll();
    return done("tlb_evict");
  },
  dev_accept: (k) => {
    k.machine.deviceAccepted = true;
    return k.machine.deviceAccepted ? done("dev_accept") : { from: "dev_accept", error: -ENODEV };
  },
  dev_revoke: (k) => {
    k.machine.deviceAccepted = false;
    return done("dev_revoke");
  },
};
