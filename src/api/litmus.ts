// SPDX-License-Identifier: MIT
/** The library's `runLitmus`. */

import type { KernelFactory } from "../kernel/index.ts";
import type { LitmusFile } from "../report/index.ts";
import { deviceSpec, parseLitmus, prepareLitmus } from "../scenarios/index.ts";
import { model } from "./kernels.ts";
import { device } from "./places.ts";

/**
 * Runs a litmus file (docs/reference/litmus.md): every run line on each of its machines with each of its devices.
 * @param name what errors and reports call it
 * @param kernels those that run lines name besides the model's, by their names: "tree:PATH"
 * @throws CbitError: CBIT-14x for what is wrong in the text, with line and column; for names that are not known
 */
export async function runLitmus(name: string, text: string, kernels: readonly KernelFactory[] = []): Promise<LitmusFile> {
  const { litmus, cases } = await prepareLitmus(parseLitmus(name, text), {
    kernel: async (spec, policy) => kernels.find((k) => k.name === spec) ?? model(spec, policy === null ? {} : { policy }),
    device: (spec) => deviceSpec(spec, device),
  });
  return { file: litmus.file, title: litmus.title, sources: litmus.sources, runs: cases.map((run) => run()) };
}
