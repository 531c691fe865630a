// SPDX-License-Identifier: MIT
/** `cbit/node`, the part of the library that needs Node: the user's own kernel, and what reports say of a run. */

import type { ExitCode } from "../base/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import type { About } from "../report/index.ts";
import { aboutRun } from "./about.ts";
import { treeKernels } from "./tree-kernel.ts";

/** Patches, and what a tree is prepared for. */
export interface TreeOptions {
  /** Patches, applied to copies of the files they touch: mboxes or diffs, in order. */
  readonly patches?: readonly string[];
  /** What the kernel will be asked for: fewer modules are compiled. All of them where it is left out. */
  readonly machines?: readonly Configuration[];
  readonly devices?: readonly DriverProfile[];
  /** One line on what is being done, again and again; "" when nothing is. */
  readonly progress?: (text: string) => void;
}

/**
 * Prepares a kernel source folder and gives its kernel. The first time takes a minute; nothing is written into the folder. What is
 * compiled is kept in `CBIT_CACHE`, or `~/.cache/cbit`.
 * @param path an unpacked Linux 6.1 or 6.12
 * @throws CbitError: exit 3 (the tree, or a patch that does not apply), 5 (something in it that cbit does not know), 6 (missing programs)
 */
export async function tree(path: string, options: TreeOptions = {}): Promise<KernelFactory> {
  const { patches = [], machines, devices, progress = (): void => undefined } = options;
  return (await treeKernels({ path, patches }, { machines: machines ?? null, devices: devices ?? null }, { progress })).factory;
}

/**
 * What formats such as SARIF and HTML say of a run besides its report: versions, kernels with their commits, the rules with their pages.
 * @param kernels those that were asked, one or two @param exit the exit code that the run would have
 */
export function about(kernels: readonly KernelFactory[], exit: ExitCode): Promise<About> {
  return aboutRun(kernels, exit);
}
