// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { About } from "./about.ts";
import { placeOf } from "./places.ts";
import { plainText } from "./plain-text.ts";
import { fingerprint } from "./root-groups.ts";
import { fileLocation, LIMITS, sarifLog } from "./sarif-log.ts";

const ABOUT: About = { version: "1.0.0", node: "20", commandLine: "cbit check", again: "cbit check", exit: 0, kernels: [], rules: [], files: [] };

interface Log {
  readonly runs: readonly { readonly results: readonly object[]; readonly versionControlProvenance?: readonly object[]; readonly originalUriBaseIds: Readonly<Record<string, object>>; readonly invocations: readonly { readonly toolExecutionNotifications?: readonly { readonly message: { readonly text: string } }[] }[] }[];
}

const logOf = (about: About, results: number): Log => JSON.parse(sarifLog({ about, rules: [], results: Array.from({ length: results }, (_, n) => ({ n })), notifications: [], category: "check", description: "" })) as Log;

describe("a SARIF log", () => {
  it("leaves out what its readers do not take, and says so", () => {
    const [run] = logOf(ABOUT, LIMITS.results + 2).runs;
    expect(run!.results).toHaveLength(LIMITS.results);
    expect(run!.invocations[0]!.toolExecutionNotifications![0]!.message.text).toBe("2 results are left out.");
    expect(logOf(ABOUT, 1).runs[0]!.invocations[0]!.toolExecutionNotifications).toBeUndefined();
  });

  it("names the tree and its commit where both are known", () => {
    const git = { commit: "a".repeat(40), describe: "v6.12", branch: "main", dirty: true, remote: "https://git.example.org/linux.git" };
    const tree = { path: "/src/my linux", release: "6.12.1", git, patches: [] };
    const about = (state: typeof git | null): About => ({ ...ABOUT, kernels: [{ kernel: "tree:/src/my linux", policy: null, tree: { ...tree, git: state } }] });
    const [run] = logOf(about(git), 0).runs;
    expect(run!.versionControlProvenance).toEqual([{ repositoryUri: git.remote, revisionId: git.commit, branch: "main", mappedTo: { uriBaseId: "SRCROOT" }, properties: { describe: "v6.12", dirty: true } }]);
    expect(run!.originalUriBaseIds["SRCROOT"]).toMatchObject({ uri: "file:///src/my%20linux/" });
    // scp's way to name a host is no URI.
    expect(logOf(about({ ...git, remote: "git@example.org:linux.git" }), 0).runs[0]!.versionControlProvenance).toMatchObject([{ repositoryUri: "file:///src/my%20linux/" }]);
    expect(logOf(about(null), 0).runs[0]!.versionControlProvenance).toBeUndefined();
  });
});

describe("a place", () => {
  it.each([
    ["kernel/dma/direct.c:206", { file: "kernel/dma/direct.c", line: 206, endLine: null }],
    ["drivers/iommu/dma-iommu.c:1653-1688 (iommu_dma_alloc), Documentation/arch/x86/pat.rst:10", { file: "drivers/iommu/dma-iommu.c", line: 1653, endLine: 1688 }],
    ["include/asm/pgtable.h", { file: "include/asm/pgtable.h", line: null, endLine: null }],
    ["RMM specification DEN0137 A5.2.9", null],
    ["", null],
  ])("is read from %j", (text, place) => {
    expect(placeOf(text)).toEqual(place);
  });

  it("is a URI reference", () => {
    expect(fileLocation({ file: "a b/c#d.c", line: 3, endLine: null }, null)).toEqual({ artifactLocation: { uri: "a%20b/c%23d.c" }, region: { startLine: 3 } });
  });
});

describe("a fingerprint", () => {
  it("is FNV-1a of 64 bits", () => {
    // Ref: the test vectors of RFC 9923.
    expect([fingerprint(""), fingerprint("a"), fingerprint("foobar")]).toEqual(["cbf29ce484222325", "af63dc4c8601ec8c", "85944171f73967e8"]);
  });
});

describe("plain text", () => {
  it("has words without marks", () => {
    expect(plainText("# a\n\n**b** `c` [d](e.md)\n\n| f | g |\n|---|---|\n| h | i |\n\n```console\n$ j\n```\n")).toBe("a\n\nb c d\n\n| f | g |\n| h | i |\n\n    $ j");
  });
});
