// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { About, KernelSource } from "../about.ts";
import { ascii, kernelFacts, kernelTitle, mail, prepareLines, subjectLine, tokenCommand } from "./parts.ts";

const GIT = { commit: "0123456789abcdef0123456789abcdef01234567", describe: "v6.12-3-g0123456", branch: "fixes", dirty: false, remote: null };
const PATCHES = [
  { file: "/home/me/0001-drm-ttm.patch", author: "J\u00f6rg R\u00f6del <j@example.org>", subject: "drm/ttm: map pages as they are \u2014 at last" },
  { file: "/home/me/fix.diff", author: null, subject: null },
];
const treeOf = (more: object = {}): KernelSource => ({ kernel: "tree:/src/linux", policy: null, tree: { path: "/src/linux", release: "6.12.117", git: GIT, patches: [], ...more } });
const ABOUT: About = { version: "1.2.3", node: "20", commandLine: "", again: "cbit check", exit: 0, kernels: [], rules: [], files: [] };
const TRACE = { kernel: "tree:/src/linux", policy: null, machine: "sev", device: "xe", workload: "ttm-buffer", operations: [{ op: "bo_create", buf: 0, pages: 2 } as const] };

describe("a mail", () => {
  it("is ASCII: accents go, what has no such form is a question mark", () => {
    expect(ascii("J\u00f6rg \u0141\u00f3d\u017a \u201cx\u201d \u2192 \u4f60 \u{1f600}")).toBe('Jorg ?odz "x" -> ? ?');
  });

  it("folds long subjects as headers are", () => {
    const line = subjectLine("a ".repeat(60).trim());
    expect(line.split("\n").every((l, i) => l.length <= 72 && (i === 0 ? l.startsWith("Subject: [cbit] ") : l.startsWith(" ")))).toBe(true);
    expect(mail("s", [["a"], [], ["b", "c"]])).toBe("Subject: [cbit] s\n\na\n\nb\nc\n");
  });

  it("names the base: release, commit, whether that is all of it", () => {
    expect(kernelFacts(treeOf(), "base")).toEqual(["base      Linux 6.12.117, /src/linux", `          commit ${GIT.commit}`, "          v6.12-3-g0123456, branch fixes, clean"]);
    expect(kernelFacts(treeOf({ git: { ...GIT, dirty: true, branch: null } }), "base")[2]).toBe("          v6.12-3-g0123456, DIRTY: tracked files differ from the commit");
    expect(kernelFacts(treeOf({ git: null }), "base")).toEqual(["base      Linux 6.12.117, /src/linux", "          not under git: the release is all that is known of it"]);
    expect(kernelFacts({ kernel: "model:6.12", policy: "encrypted", tree: null }, "before")).toEqual(["before    model:6.12 (cbit's model of Linux), policy encrypted"]);
    expect([kernelTitle(treeOf()), kernelTitle(treeOf({ git: null, patches: PATCHES }))]).toEqual(["Linux v6.12-3-g0123456", "Linux 6.12.117 with patches"]);
  });

  it("names the patches with their subjects, diffs with their files", () => {
    expect(kernelFacts(treeOf({ git: null, patches: PATCHES }), "base").slice(2)).toEqual(["patches   1. drm/ttm: map pages as they are -- at last (Jorg Rodel\n          <j@example.org>)", "          2. fix.diff"]);
  });

  it("has commands for the folder of whoever reads it", () => {
    expect(tokenCommand({ trace: TRACE }, treeOf({ patches: PATCHES }), "")).toBe("cbit explain cbit1/tree:./-/sev/xe/ttm-buffer/bo_create --patch 0001-drm-ttm.patch --patch fix.diff");
    expect(tokenCommand({ trace: { ...TRACE, operations: [] } }, treeOf(), "cbit explain xe@sev/refusal")).toBe("cbit explain xe@sev/refusal");
    expect(prepareLines({ ...ABOUT, kernels: [treeOf()] })).toEqual(["  npm install --global ./cbit-1.2.3.tgz", `  cd linux && git checkout ${GIT.commit}`, "  cbit tree prepare ."]);
    expect(prepareLines(ABOUT)).toEqual(["  npm install --global ./cbit-1.2.3.tgz"]);
  });
});
