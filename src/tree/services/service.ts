// SPDX-License-Identifier: MIT
/** What the module imports: functions that the slice calls and neither the tree's files nor the guest's contain. */

/**
 * `host`: src/tree/runtime does it. `value`: answers with a constant. `unreached`: only reached through tables of
 * function pointers or on paths that no operation takes; a call ends the operation with the function's name.
 */
export type ServiceKind = "host" | "value" | "unreached";

export interface Service {
  readonly name: string;
  readonly kind: ServiceKind;
  /** The constant of a `value` service. */
  readonly value: number;
  /** Why it is answered this way. */
  readonly reason: string;
}

/** Services of one group that share a reason. */
export function services(kind: ServiceKind, value: number, reason: string, names: string): Service[] {
  return names.trim().split(/\s+/).map((name) => ({ name, kind, value, reason }));
}
