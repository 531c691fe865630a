// SPDX-License-Identifier: MIT
/** Threads for tests. Node runs no TypeScript, so that what the threads need of the tests is compiled next to the compiled sources first. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import ts from "typescript";
import type { SearchOptions, SearchResult } from "../../src/check/explorer/options.ts";
import { teamMemory } from "../../src/check/explorer/team.ts";
import type { Answer, Job } from "./team-member.ts";
import type { TeamModel } from "./team-model.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../../dist/test/support");

/** Compiles a file of this folder into `dist`, where the sources' `src/` is left out of paths. */
function compile(name: string): void {
  const source = readFileSync(join(HERE, name), "utf8").replaceAll(/(from "(?:\.\.\/)+)src\//g, "$1");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true },
  });
  const file = join(OUT, name.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, outputText);
}

/** Threads that search together, in teams of any number of them. The sources must have been compiled (`tsc -b`). */
export class Teams {
  private readonly workers: readonly Worker[];

  constructor(members: number) {
    const models = readdirSync(join(HERE, "toy-models")).map((name) => join("toy-models", name));
    for (const name of ["team-member.ts", "team-model.ts", "random-model.ts", "truth.ts", "naive-explorer.ts", ...models]) compile(name);
    this.workers = Array.from({ length: members }, () => new Worker(join(OUT, "team-member.js")));
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
