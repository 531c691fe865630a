// SPDX-License-Identifier: MIT
/** Replay tokens on the command line: what their fields name, looked up, and a kernel that is booted for them. */

import { type TracedSubject, tracedOn } from "../api/subject.ts";
import { CbitError, EXIT, shellWord } from "../base/index.ts";
import { formatStep, formatToken, goesOn, isPolicyFile, parseToken, type Replay, resultPhrase, type Trace } from "../check/index.ts";
import type { Configuration, DriverProfile } from "../kernel/index.ts";
import { DRIVERS } from "../linux/index.ts";
import { filePath, isFile, workloadNamed } from "../scenarios/index.ts";
import type { Context } from "./context.ts";
import { kernelNamed, wantedFor } from "./kernels.ts";
import { driverNamed, machineNamed } from "./named.ts";
import { treeOf } from "./tree-spec.ts";

/** Ids and tokens have the names of files encoded. */
const written = (name: string): string => (isFile(name) ? filePath(name) : name);

/** The device of an id or a token. @throws CbitError as `driverNamed` does */
export const deviceOf = (name: string): DriverProfile => driverNamed(written(name), DRIVERS);

/** The machine of an id or a token. @throws CbitError as `machineNamed` does */
export const machineOf = (name: string): Configuration => machineNamed(written(name));

type Field = "kernel" | "policy" | "machine" | "device" | "workload";

/** An unknown policy: `kernelNamed` looks at both. */
const NO_SUCH_POLICY = "CBIT-104";

/** Says of an error which field of the token it is about. @param mine the fields that are the token's */
async function field<T>(mine: readonly Field[], look: () => T | Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    const name = error instanceof CbitError && error.code === NO_SUCH_POLICY ? "policy" : mine.find((f) => f !== "policy");
    if (!(error instanceof CbitError) || name === undefined || !mine.includes(name)) throw error;
    const { code, exit, message, hint } = error;
    throw new CbitError({ code, exit, message: `the token's ${name}: ${message}`, ...(hint === undefined ? {} : { hint }), cause: error });
  }
}

/** Tokens come in mails: what they name is never loaded as code unless the user names it, too. */
function policyIsCode(policy: string): CbitError {
  return new CbitError({ code: "CBIT-137", exit: EXIT.usage, message: `the token's policy is a module: ${filePath(policy)}`, hint: `Read it, and name it if it may run here: --policy ${shellWord(filePath(policy))}` });
}

/**
 * Looks up what a token names.
 * @param other kernel and policy to use in place of the token's
 * @throws CbitError that names the field; CBIT-301 where nothing boots
 */
export async function tokenCase(token: string, other: { readonly kernel?: string; readonly policy?: string; readonly patch?: readonly string[] }, context: Context): Promise<TracedSubject> {
  const trace = parseToken(token);
  const spec = other.kernel ?? trace.kernel;
  // A tree has no policy to take over.
  const policy = other.policy ?? (treeOf(spec) !== null ? null : trace.policy);
  if (other.policy === undefined && policy !== null && isPolicyFile(policy)) throw policyIsCode(policy);
  const configuration = await field(["machine"], () => machineOf(trace.machine));
  const driver = await field(["device"], () => deviceOf(trace.device));
  const workload = await field(["workload"], () => workloadNamed(trace.workload));
  const mine: Field[] = [...(other.kernel === undefined ? ["kernel" as const] : []), ...(other.policy === undefined ? ["policy" as const] : [])];
  const factory = await field(mine, () => kernelNamed(spec, policy, context, other.patch, wantedFor([configuration], [driver], workload)));
  return tracedOn({ factory, configuration, driver, workload }, trace);
}

/** What ended a replay before the end of its trace; null where nothing did. CBIT-301 for what the kernel does not have, else CBIT-123. */
export function endedEarly(trace: Trace, { steps, left }: Replay): CbitError | null {
  const last = steps[steps.length - 1];
  if (last === undefined) return null;
  const step = `step ${steps.length} (${formatStep(last.operation)})`;
  if (last.result.outcome === "unsupported") {
    return new CbitError({ code: "CBIT-301", exit: EXIT.unsupported, message: `${step} cannot run on ${trace.kernel}: ${last.result.reason}`, hint: "The token cannot be replayed there." });
  }
  if (left === 0 || goesOn(last.result)) return null;
  return new CbitError({
    code: "CBIT-123",
    exit: EXIT.usage,
    message: `the token does not apply to ${trace.kernel}${trace.policy === null ? "" : `, policy ${trace.policy}`}: ${step} ends the run there (${resultPhrase(last.result)}), and ${left} more should follow`,
    hint: `Up to that step it is ${formatToken({ ...trace, operations: trace.operations.slice(0, steps.length) })}`,
  });
}
