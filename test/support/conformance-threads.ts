// SPDX-License-Identifier: MIT
/** Threads that share the sequences of the conformance tests. The sources must have been compiled (`tsc -b`): they run those. */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { compiled } from "./compiled.ts";
import type { Conformance } from "./conformance.ts";
import type { Answer, Job } from "./conformance-thread.ts";

/** As many kernels at a time as vitest would run files. */
const MOST_THREADS = 2;
const FILES = ["conformance-thread.ts", "conformance.ts", "lock-step.ts", "numbers.ts", "random-dma.ts", "random-operations.ts", "tree-cells.ts"];

interface Waiting {
  readonly job: Job;
  readonly resolve: (result: Conformance) => void;
  readonly reject: (error: Error) => void;
}

export class ConformanceThreads {
  private readonly workers: readonly Worker[];
  private readonly idle: Worker[];
  private readonly waiting: Waiting[] = [];

  constructor() {
    const file = compiled(FILES);
    this.workers = Array.from({ length: Math.min(MOST_THREADS, availableParallelism()) }, () => new Worker(file));
    this.idle = [...this.workers];
  }

  /** The result of a job, once a thread has had time for it. @throws where the job did */
  run(job: Job): Promise<Conformance> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    const worker = this.waiting.length > 0 ? this.idle.pop() : undefined;
    if (worker === undefined) return;
    const { job, resolve, reject } = this.waiting.shift()!;
    const failed = (error: Error): void => reject(error);
    worker.once("error", failed);
    worker.once("message", (answer: Answer) => {
      worker.off("error", failed);
      if ("error" in answer) reject(new Error(answer.error));
      else resolve(answer.result);
      this.idle.push(worker);
      this.next();
    });
    worker.postMessage(job);
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
