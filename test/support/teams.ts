// SPDX-License-Identifier: MIT
/** Threads for tests. */

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { SearchOptions, SearchResult } from "../../src/check/explorer/options.ts";
import { teamMemory } from "../../src/check/explorer/team.ts";
import { compiled } from "./compiled.ts";
import type { Answer, Job } from "./team-member.ts";
import type { TeamModel } from "./team-model.ts";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Threads that search together, in teams of any number of them. The sources must have been compiled (`tsc -b`). */
export class Teams {
  private readonly workers: readonly Worker[];

  constructor(members: number) {
    const models = readdirSync(join(HERE, "toy-models")).map((name) => join("toy-models", name));
    const member = compiled(["team-member.ts", "team-model.ts", "random-model.ts", "truth.ts", "naive-explorer.ts", ...models]);
    this.workers = Array.from({ length: members }, () => new Worker(member));
  }

  /** The result of member 0. @throws where any member failed */
  async search(size: number, model: TeamModel, options: SearchOptions): Promise<SearchResult> {
    const memory = teamMemory(size);
    const answers = await Promise.all(
      this.workers.slice(0, size).map(
        (worker, index) =>
          new Promise<Answer>((resolve, reject) => {
            worker.once("message", resolve);
            worker.once("error", reject);
            const job: Job = { memory, index, model, options };
            worker.postMessage(job);
          }),
      ),
    );
    for (const worker of this.workers) worker.removeAllListeners("error");
    const results = answers.map((answer) => {
      if ("error" in answer) throw new Error(answer.error);
      return answer.result;
    });
    return results[0]!;
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
