// SPDX-License-Identifier: MIT
/** A release is a set of changes; modelled functions ask `has(k, id)` and never compare versions. */

export interface Release {
  /** "6.12", or with changes switched: "6.12-71ce046327cf". */
  readonly name: string;
  readonly title: string;
  /** The source tree that it was read in. */
  readonly tree: string;
  /** Change ids of changes.ts. */
  readonly changes: ReadonlySet<string>;
}
