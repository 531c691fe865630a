// SPDX-License-Identifier: MIT
/** `--policy FILE`: a policy of the user's own, as a JavaScript module. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CbitError, EXIT } from "../base/index.ts";
import type { KernelFactory } from "../kernel/index.ts";
import { createModelFactory, ownPolicy, type Policy } from "../linux/index.ts";
import { fileName, filePath } from "../scenarios/index.ts";
import { reasonOf } from "./named.ts";

/**
 * The policy of a module's default export. Its name is the path, so that ids and tokens work from the same folder.
 * @throws CbitError: CBIT-130 for a file that cannot be read, 134 for one that is no module, 135 and 136 for what it exports
 */
export async function policyOfFile(name: string): Promise<Policy> {
  const path = filePath(name);
  return ownPolicy(fileName(path), await exportOf(path));
}

/** The model under the policy of a module. @throws CbitError as `policyOfFile` does */
export async function modelUnderFile(release: string, name: string): Promise<KernelFactory> {
  const factory = createModelFactory({ release, policy: await policyOfFile(name) });
  // The same path may hold another policy tomorrow. What it imports is not looked at.
  const build = `${factory.name} ${createHash("sha256").update(readFileSync(filePath(name))).digest("hex")}`;
  return { ...factory, build: () => build };
}

/** The default export of a module. */
async function exportOf(path: string): Promise<unknown> {
  const unreadable = (why: string, cause?: unknown): CbitError =>
    new CbitError({ code: "CBIT-130", exit: EXIT.usage, message: `cannot read the policy file ${path}: ${why}`, hint: "What has a slash or ends in .js is a file; `cbit list policies` shows names.", cause });
  try {
    if (!statSync(path).isFile()) throw unreadable("it is no ordinary file");
  } catch (error) {
    const why = reasonOf(error);
    throw why === null ? error : unreadable(why, error);
  }
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown };
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new CbitError({ code: "CBIT-134", exit: EXIT.usage, message: `the policy file ${path} does not load: ${message}`, hint: "`node --check FILE` names the line. Files with import or export end in .mjs, or stand below a package.json with \"type\": \"module\".", cause: error });
  }
  if (module.default === undefined) throw new CbitError({ code: "CBIT-134", exit: EXIT.usage, message: `the policy file ${path} has no default export`, hint: "It says `export default`, and then the policy: docs/guide/write-a-policy.md." });
  return module.default;
}
