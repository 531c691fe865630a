// SPDX-License-Identifier: MIT
/** SARIF against a kernel source: every place that it names is there, for the model's findings and for the tree's own. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { cbit } from "../support/cbit.ts";
import { sarifRun, type SarifRun } from "../support/sarif.ts";

const source = inject("linux612");
const env = { CBIT_CACHE: inject("treeCache") };

/** Places of the kernel that are not there, or beyond the end of their file. */
function missing({ results }: SarifRun): string[] {
  const locations = results.flatMap((r) => [...r.locations, ...(r.relatedLocations ?? []), ...(r.codeFlows ?? []).flatMap((f) => f.threadFlows.flatMap((t) => t.locations.map((l) => l.location)))]);
  const places = new Set(locations.map((l) => `${decodeURIComponent(l.physicalLocation!.artifactLocation.uri)}:${l.physicalLocation!.region.startLine}`));
  if (places.size < 5) throw new Error(`only ${places.size} places`);
  return [...places].filter((place) => {
    const [file, line] = place.split(":") as [string, string];
    return !existsSync(join(source!, file)) || readFileSync(join(source!, file), "utf8").split("\n").length < Number(line);
  });
}

describe.skipIf(source === null)("SARIF", () => {
  it("of the model names places of Linux 6.12", () => {
    expect(missing(sarifRun(cbit("check --format sarif").out))).toEqual([]);
  });

  it("of a tree names its own places, below its folder, and blames the same function as the model", () => {
    const args = ["check", "--machine", "sme-zen2,iommu=off", "--device", "amdgpu-gfx9", "--format", "sarif"];
    const tree = sarifRun(cbit([...args, "--kernel", `tree:${source!}`], env).out);
    const model = sarifRun(cbit(args).out);
    expect(tree.originalUriBaseIds["SRCROOT"]!.uri).toBe(`${pathToFileURL(source!).href}/`);
    expect(missing(tree)).toEqual([]);
    expect(tree.results.map((r) => [r.ruleId, r.locations[0]!.physicalLocation, r.partialFingerprints])).toEqual(model.results.map((r) => [r.ruleId, r.locations[0]!.physicalLocation, r.partialFingerprints]));
  });
});
