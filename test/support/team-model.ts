// SPDX-License-Identifier: MIT
import type { Independence } from "../../src/check/explorer/space.ts";
import { type RandomModel, rebuilt } from "./random-model.ts";
import { type LargeModel, largeSpace } from "./toy-models/large.ts";
import type { ModelSpace } from "./toy-models/model.ts";

/** What a thread can build: a random model with what commutes in it, or a large one by its name. */
export type TeamModel = { readonly spec: RandomModel; readonly independence: Independence } | LargeModel;

export function buildModel(model: TeamModel): ModelSpace {
  return typeof model === "string" ? largeSpace(model) : rebuilt(model.spec, model.independence);
}
