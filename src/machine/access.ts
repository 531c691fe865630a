// SPDX-License-Identifier: MIT
/** What comes back from an access: faults are values. */

import type { Pfn } from "../base/index.ts";
import type { Domain } from "./domains.ts";
import type { FaultKind } from "./facts/faults.ts";

export interface Fault {
  readonly kind: "fault";
  readonly fault: FaultKind;
  /** The address as the agent used it, for the report. */
  readonly address: number;
}

export interface Reached {
  readonly kind: "reached";
  readonly frame: Pfn;
  readonly cell: number;
  /** The domain that the access ran in. */
  readonly domain: Domain;
  /** For reads: the data was stored in this domain; for writes the same as `domain`. */
  readonly storedIn: Domain;
}

export type Access = Reached | Fault;
