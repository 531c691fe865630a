// SPDX-License-Identifier: MIT
/** Where the kernel gives up: panic(), BUG(), a guest that ends itself. */

/** Thrown by a modelled function; the operation's outcome is then `crash`. */
export class KernelCrash extends Error {
  /** Kernel file and line. */
  readonly at: string;

  constructor(reason: string, at: string) {
    super(reason);
    this.at = at;
  }
}
