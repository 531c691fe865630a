// SPDX-License-Identifier: MIT
/** `npm pack` gives a tarball that works where nothing else is: the command line, the library, its types. */

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installed, install } from "../support/installed.ts";

let user: Installed;
beforeAll(() => {
  user = install();
}, 120_000);
afterAll(() => user.remove());

/** Reads types of the library as a strict user does. */
const CONSUMER = `import { check, checkSarif, type CheckReport, type Finding, machine, model, policy } from "cbit";
import { about, tree, type TreeOptions } from "cbit/node";

const mine = policy("mine", ({ force_dma_unencrypted }) => ({ tt_decrypted: (k) => k.use_dma_alloc && force_dma_unencrypted(k) }));
const report: CheckReport = check({ kernel: model("6.12", { policy: mine }), machines: [machine("sev")], devices: ["vmwgfx"] });
const findings: readonly Finding[] = report.cases.flatMap((c) => c.findings);
const options: TreeOptions = { patches: ["a.patch"] };
export const all: unknown = [findings, options, tree, checkSarif(report, await about([model()], 0))];
// @ts-expect-error: no such option
check({ machine: "sev" });
`;

describe("the packed package", () => {
  it("has what it needs and nothing else", () => {
    const strange = user.files.filter((f) => !/^(?:bin|dist|docs|litmus|LICENSES|src\/tree\/guest|src\/cli\/complete\/scripts)\/|^(?:LICENSE|README\.md|package\.json)$/.test(f) || /\.test\.|tsbuildinfo|\.map$|\.vitepress\/(?:cache|dist)/.test(f));
    expect(strange).toEqual([]);
    expect(user.files).toEqual(expect.arrayContaining(["bin/cbit.js", "dist/api/index.d.ts", "docs/schemas/cbit.check-1.json", "docs/rules/ciphertext-read.md", "src/tree/guest/contract/dma.c", "litmus/README.md"]));
  });

  it("runs as a command", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
    expect(user.run("npx", ["--no-install", "cbit", "--version"])).toEqual({ exit: 0, out: `${version}\n`, err: "" });
    const checked = user.run("npx", ["--no-install", "cbit", "check", "--machine", "sme-zen2,iommu=off", "--device", "amdgpu-gfx9", "--format", "json"]);
    expect(checked.err).toBe("");
    expect(checked.exit).toBe(1);
    expect(JSON.parse(checked.out)).toMatchObject({ schema: "cbit.check/1", cases: [{ verdict: "broken" }] });
    for (const shell of ["bash", "zsh", "fish"]) expect(user.run("npx", ["--no-install", "cbit", "completion", shell])).toMatchObject({ exit: 0, err: "" });
    expect(user.run("npx", ["--no-install", "cbit", "run", "node_modules/cbit/litmus/b01-ttm-decrypted.litmus"])).toMatchObject({ exit: 0, err: "" });
  });

  it("runs in threads", () => {
    const args = (workers: string): string[] => ["--no-install", "cbit", "check", "--machine", "sev", "--machine", "tdx", "--workers", workers, "--json"];
    const two = user.run("npx", args("2"));
    expect(two).toMatchObject({ exit: 1, err: "" });
    expect(two.out).toBe(user.run("npx", args("1")).out);
  });

  it("runs as a library", () => {
    cpSync("docs/examples/library.mjs", join(user.folder, "library.mjs"));
    const ran = user.run(process.execPath, ["library.mjs"]);
    expect(ran).toMatchObject({ exit: 0, err: "" });
    expect(readFileSync("docs/reference/library.md", "utf8")).toContain(`$ node docs/examples/library.mjs\n${ran.out}\`\`\`\n`);
    writeFileSync(join(user.folder, "tree.js"), 'import { tree } from "cbit/node";\ntry { await tree("nowhere"); } catch (error) { console.log(error.code, error.exit); }\n');
    expect(user.run(process.execPath, ["tree.js"])).toEqual({ exit: 0, out: "CBIT-201 3\n", err: "" });
    writeFileSync(join(user.folder, "sarif.js"), 'import { check, checkSarif, model } from "cbit";\nimport { about } from "cbit/node";\nconst kernel = model();\nconsole.log(checkSarif(check({ kernel, machines: ["sme-zen2"], devices: ["amdgpu-gfx9"] }), await about([kernel], 1)));\n');
    const sarif = user.run(process.execPath, ["sarif.js"]);
    expect(sarif).toMatchObject({ exit: 0, err: "" });
    expect(JSON.parse(sarif.out)).toMatchObject({ version: "2.1.0", runs: [{ tool: { driver: { name: "cbit" } } }] });
    writeFileSync(join(user.folder, "inner.js"), 'import "cbit/dist/check/index.js";\n');
    expect(user.run(process.execPath, ["inner.js"]).err).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("has types that a strict project compiles against", () => {
    writeFileSync(join(user.folder, "consumer.ts"), CONSUMER);
    const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
    for (const module of ["nodenext", "preserve"]) {
      const resolution = module === "preserve" ? "bundler" : module;
      const compilerOptions = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: "es2023", types: [], module, moduleResolution: resolution };
      writeFileSync(join(user.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
      expect(user.run(process.execPath, [tsc, "--project", "."])).toEqual({ exit: 0, out: "", err: "" });
    }
  });
});
