// SPDX-License-Identifier: MIT
/** `--kernel` and `--policy`: which implementation of the contract to run. */

import { DEFAULT_KERNEL, kernelWords } from "../api/kernels.ts";
import { CbitError, EXIT } from "../base/index.ts";
import { isPolicyFile, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY } from "../linux/index.ts";
import type { WantedKernels } from "../tree/index.ts";
import type { Context } from "./context.ts";
import { modelUnderFile } from "./policy-file.ts";
import { parseTreeSpec, treeOf, type TreeSpec } from "./tree-spec.ts";

function bad(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-103", exit: EXIT.usage, message, hint });
}

/**
 * The factory that a spec names: "model:RELEASE", with single changes switched as in "model:6.12-71ce046327cf", or "tree:PATH",
 * with patches as "tree:PATH+PATCH".
 * @param policy a name, or the path of a module; null where none was named
 * @param patches files to apply to a tree besides, as they were named
 * @param wanted what kernels are made for, so that a tree prepares no more modules than that takes
 * @throws CbitError: exit 2 for names that are not known or do not go together, 3 and 6 for trees
 */
export async function kernelNamed(spec: string, policy: string | null, context: Context, patches: readonly string[] = [], wanted: WantedKernels = { machines: null, devices: null }): Promise<KernelFactory> {
  const colon = spec.indexOf(":");
  const [kind, rest] = colon < 0 ? [spec, ""] : [spec.slice(0, colon), spec.slice(colon + 1)];
  switch (kind) {
    case "model":
      if (patches.length > 0) throw patchedModel(spec);
      return policy !== null && isPolicyFile(policy) ? modelUnderFile(rest, policy) : createModelFactory({ release: rest, policy: policy ?? DEFAULT_POLICY });
    case "tree":
      if (rest === "") throw bad(`kernel "${spec}": a tree needs the path of its folder`, "Use --kernel tree:PATH, where PATH is an unpacked kernel source.");
      if (policy !== null) {
        throw new CbitError({
          code: "CBIT-106",
          exit: EXIT.usage,
          message: `--policy ${policy} does not go with --kernel ${spec}: a tree's own code decides how pages are mapped`,
          hint: "Leave --policy out, or use --kernel model:6.12 to try policies.",
        });
      }
      return (await import("./tree-kernel.ts")).treeFactory(treeSpecOf(rest, patches), wanted, context);
    default:
      throw bad(`unknown kernel "${spec}": it must be model:RELEASE or tree:PATH`, `Use --kernel ${DEFAULT_KERNEL}, or --kernel tree:PATH with an unpacked kernel source.`);
  }
}

/** `--patch` with something that is no tree (exit 2). */
export function patchedModel(spec: string): CbitError {
  return new CbitError({
    code: "CBIT-112",
    exit: EXIT.usage,
    message: `--patch does not go with ${spec}: patches change the code of a kernel source`,
    hint: "Use tree:PATH, an unpacked kernel source. The model knows single changes: model:6.12-71ce046327cf.",
  });
}

/** A tree's spec with more patches. @param rest what stands behind "tree:" */
export function treeSpecOf(rest: string, patches: readonly string[]): TreeSpec {
  const spec = parseTreeSpec(rest);
  return { ...spec, patches: [...spec.patches, ...patches] };
}

/** "--kernel tree:PATH --patch FILE" for a tree with patches, as words. */
function treeOptions(rest: string): string[] {
  const { path, patches } = parseTreeSpec(rest);
  return ["--kernel", `tree:${path}`, ...patches.flatMap((patch) => ["--patch", patch])];
}

/** What a tree has to be prepared for. */
export function wantedFor(machines: readonly Configuration[], devices: readonly DriverProfile[], workload: Workload): WantedKernels {
  return { machines, devices, operations: workload.actions.map((a) => a.operation) };
}

/** The options that name a kernel in a command line, empty where it is the default. */
export function kernelOptions(factory: KernelFactory): string[] {
  const tree = treeOf(factory.name);
  return tree === null ? kernelWords(factory) : treeOptions(tree);
}
