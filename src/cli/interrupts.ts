// SPDX-License-Identifier: MIT
/** What interrupts do: while we wait, they end us through `exit`, so that what we started ends too; while we compute, they end us at once. */

const SIGNALS = [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]] as const;

const LISTENERS = SIGNALS.map(([signal, code]) => [signal, (): void => process.exit(128 + code)] as const);

/** Begins to listen. */
export function listen(): void {
  for (const [signal, listener] of LISTENERS) process.on(signal, listener);
}

/** Runs what takes long without waiting for anything: a listener would not be called before its end, and an interrupt would be lost on the way. */
export function interruptible<T>(work: () => T): T {
  for (const [signal, listener] of LISTENERS) process.removeListener(signal, listener);
  try {
    return work();
  } finally {
    listen();
  }
}
