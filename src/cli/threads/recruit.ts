// SPDX-License-Identifier: MIT
/** Threads that join a search which is under way. */

import { once } from "node:events";
import { parentPort, type Worker } from "node:worker_threads";
import { type Checkpoint, type Recruit, Team, teamFailed, teamMemory, type TeamMemory } from "../../check/index.ts";

/** What a thread needs to join, beside what it searches. Can be sent to it. */
export interface Joining {
  readonly memory: TeamMemory;
  readonly index: number;
  /** Counts the threads that wait for the checkpoint to go on from, which comes as a message. */
  readonly ready: Int32Array;
}

/**
 * Threads for a search.
 * @param workers how many, the first one included @param after states that the first one finds before it asks for the others
 * @param start starts one, which calls `join`
 */
export function recruitOf(workers: number, after: number, start: (joining: Joining) => Worker): Recruit {
  const memory = teamMemory(workers);
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const others: Worker[] = [];
  return {
    after,
    start: () => {
      // A thread that fails says so through the team's memory, where the others look.
      for (let index = 1; index < workers; index++) others.push(start({ memory, index, ready }).on("error", () => undefined));
    },
    ready: () => Atomics.load(ready, 0) === others.length,
    team: (resume) => {
      for (const other of others) other.postMessage(resume);
      return new Team(memory, 0);
    },
    dismiss: () => {
      for (const other of others) void other.terminate();
    },
  };
}

/** The other side, in a thread that was started. @param build makes what is searched @param search is called with it once there is something to go on from */
export async function join<T>({ memory, index, ready }: Joining, build: () => T | Promise<T>, search: (space: T, from: { readonly resume: Checkpoint; readonly team: Team }) => void): Promise<void> {
  try {
    const checkpoint = once(parentPort!, "message");
    const space = await build();
    Atomics.add(ready, 0, 1);
    const [resume] = (await checkpoint) as [Checkpoint];
    search(space, { resume, team: new Team(memory, index) });
  } catch (error) {
    teamFailed(memory);
    throw error;
  }
}
