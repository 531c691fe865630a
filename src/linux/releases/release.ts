// SPDX-License-Identifier: MIT
/** A release is a set of changes; modelled functions ask `release.changes.has(id)` and never compare versions. */

export interface Release {
  /** "6.12". */
  readonly name: string;
  /** The source tree that file and line references are of. */
  readonly tree: string;
  /** Change ids: the first twelve digits of the upstream commit. */
  readonly changes: ReadonlySet<string>;
}
