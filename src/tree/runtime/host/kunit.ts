// SPDX-License-Identifier: MIT
/** Kernel threads: guest/kunit/thread.c runs one inside another, and a thread's end can leave its calls. */

import type { GuestPort, HostFunctions } from "../guest-port.ts";

/** What ends a thread in the midst of its calls; caught where it was entered. */
class ThreadExit extends Error {}

const EXIT = new ThreadExit("the thread has ended");

export function threadFunctions(guest: GuestPort): HostFunctions {
  return {
    cbit_thread_run: (thread: bigint) => {
      try {
        guest.callInside("cbit_thread_body", thread);
      } catch (error) {
        if (error !== EXIT) throw error;
      }
      return undefined;
    },
    cbit_thread_exit: () => {
      throw EXIT;
    },
  };
}
