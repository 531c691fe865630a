// SPDX-License-Identifier: MIT
/** `cbit tree services` on Linux 6.12 itself: what the prepared module imports, and nothing else. */

import { beforeAll, describe, expect, inject, it } from "vitest";
import { createHost } from "../../src/cli/host.ts";
import { type Manifest, prepareTree } from "../../src/tree/index.ts";
import { cbit, parsed } from "../support/cbit.ts";

const source = inject("linux612");

interface Report {
  readonly modules: readonly {
    readonly module: string;
    readonly key: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly files: readonly { readonly file: string }[];
    readonly shims: readonly { readonly file: string; readonly standsFor: string }[];
    readonly services: readonly { readonly name: string; readonly kind: string; readonly value: number | null; readonly reason: string }[];
  }[];
}

describe.skipIf(source === null)("cbit tree services", () => {
  const env = { CBIT_CACHE: inject("treeCache") };
  let manifest: Manifest;
  let report: Report;

  beforeAll(async () => {
    manifest = (await prepareTree(createHost("test"), source!, { cacheDirectory: inject("treeCache") })).manifest;
    report = parsed<Report>(cbit(["tree", "services", source!, "--module", "contract", "--json"], env).out);
  });

  it("lists each import of the contract's module once, with its kind and reason", () => {
    const [contract] = report.modules;
    expect(contract!.module).toBe("contract");
    expect(contract!.services.map((s) => s.name).toSorted()).toEqual(manifest.imports.map((i) => i.name).toSorted());
    expect(contract!.services.filter((s) => !/\w{3}/.test(s.reason) || (s.value === null) !== (s.kind !== "value"))).toEqual([]);
    const of = (kind: string): number => contract!.services.filter((s) => s.kind === kind).length;
    expect(contract!.counts).toEqual({ files: contract!.files.length, shims: contract!.shims.length, host: of("host"), value: of("value"), unreached: of("unreached") });
  });

  it("lists the kernel's files of the manifest, among them those that decide on page states", () => {
    const files = report.modules[0]!.files.map((f) => f.file);
    expect(files).toEqual(manifest.files.map((f) => `${f.file}.c`));
    expect(files).toEqual(expect.arrayContaining(["arch/x86/coco/sev/core.c", "arch/x86/coco/tdx/tdx.c", "arch/x86/hyperv/ivm.c", "arch/x86/mm/mem_encrypt_identity.c"]));
  });

  it("has the same in words", () => {
    const { exit, out } = cbit(["tree", "services", source!, "--module", "contract"], env);
    expect(exit).toBe(0);
    expect(out).toMatch(/^Linux 6\.12\S* at /);
    const words = new Set(out.split(/[\s=]+/));
    expect([...manifest.imports.map((i) => i.name), ...manifest.files.map((f) => `${f.file}.c`)].filter((name) => !words.has(name))).toEqual([]);
  });
});
