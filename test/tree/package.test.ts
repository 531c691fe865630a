// SPDX-License-Identifier: MIT
/** The packed package with a kernel tree: its C glue is in the tarball, and the library's `tree()` gives what `--kernel tree:` runs. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Installed, install } from "../support/installed.ts";

const source = inject("linux612");

const SCRIPT = `import { check, device, machine } from "cbit";
import { tree } from "cbit/node";

const [machines, devices] = [[machine("sme-zen2,iommu=off"), machine("sev")], [device("amdgpu-gfx9")]];
const kernel = await tree(process.argv[2], { machines, devices });
console.log(check({ kernel, machines, devices }).cases.map((c) => [c.machine, c.verdict, c.states].join(" ")).join("\\n"));
`;

describe.skipIf(source === null)("the packed package", () => {
  const env = { CBIT_CACHE: inject("treeCache") };
  let user: Installed;
  beforeAll(() => {
    user = install();
  });
  afterAll(() => user.remove());

  it("compiles a tree with the glue that it brings, on the command line and in the library", () => {
    const checked = user.run("npx", ["--no-install", "cbit", "check", "--kernel", `tree:${source!}`, "--machine", "sme-zen2,iommu=off", "--machine", "sev", "--device", "amdgpu-gfx9", "--json"], env);
    expect(checked.err).toBe("");
    const { cases } = JSON.parse(checked.out) as { cases: { machine: string; verdict: string; states: number }[] };
    expect(cases.map((c) => c.verdict)).toEqual(["broken", "holds"]);
    writeFileSync(join(user.folder, "tree.js"), SCRIPT);
    const ran = user.run(process.execPath, ["tree.js", source!], env);
    expect(ran.err).toBe("");
    expect(ran.out).toBe(`${cases.map((c) => `${c.machine} ${c.verdict} ${c.states}`).join("\n")}\n`);
  });
});
