// SPDX-License-Identifier: MIT
/** Moves of the environment: what the machine does by itself, and failures, which the guest injects (src/tree/guest/contract/inject.c). */

import { type EnvironmentOperation, INJECTABLE, type Mappings, type Operation, OPERATIONS, type StepResult } from "../../kernel/index.ts";
import type { Machine } from "../../machine/index.ts";
import { call, type CallTable } from "./call.ts";

export const INJECTION_CALLS: CallTable = {
  fail: (o) => call("fail", "cbit_fail", INJECTABLE.indexOf(o.function), o.nth ?? 1),
};

/** True for what the environment does. */
export function isEnvironment(operation: Operation): operation is EnvironmentOperation {
  return OPERATIONS[operation.op].group === "environment";
}

const DONE: StepResult = { outcome: "done", seen: null };

/** Does what happens on the machine alone; null for what the guest does. */
export function runOnMachine(machine: Machine, mappings: Mappings, operation: EnvironmentOperation): StepResult | null {
  switch (operation.op) {
    case "writeback": {
      const frame = mappings.frame(operation.buf, operation.page);
      if (frame !== null) machine.flushLine({ frame, cell: Math.floor((operation.at ?? 0) / machine.memory.stride) }, operation.cbit);
      return DONE;
    }
    case "tlb_evict":
      machine.tlb?.flushAll();
      return DONE;
    case "dev_accept":
      machine.deviceAccepted = true;
      return machine.deviceAccepted ? DONE : { outcome: "error", errno: "ENODEV", from: "dev_accept" };
    case "dev_revoke":
      machine.deviceAccepted = false;
      return DONE;
    case "fail":
      return null;
  }
}
