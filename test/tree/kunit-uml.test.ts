// SPDX-License-Identifier: MIT
/** The tree's own suites on `none` come to what kunit.py gets under UML, test by test. Needs python3, gcc, flex, bison and bc. */

import { homedir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { type KtapResult, parseKtap } from "../../src/tree/index.ts";
import { cbit } from "../support/cbit.ts";
import { umlKtap } from "../support/uml.ts";

const source = inject("linux612");
const env = { CBIT_CACHE: inject("treeCache") };
const UML = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "cbit-test", "uml");

/** Tests that differ, each with the reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "drm_gem_shmem drm_gem_shmem_test_vmap": "not run: reads page contents by plain instructions (src/tree/kunit/suites.ts)",
  "overflow DEFINE_FLEX_test": "clang's __builtin_dynamic_object_size of a __counted_by array; UML is built by gcc",
};
/** Suites that UML's configuration cannot switch on. */
const OURS = ["gpu_buddy"];

/** "suite", "suite test", "suite test parameter" to the result. A suite with a test that differs is what its other tests are. */
function flat(results: readonly KtapResult[], path: readonly string[] = []): [string, string][] {
  return results.flatMap(({ name, status, children }) => {
    const here = [...path, name];
    const key = here.join(" ");
    if (OTHERWISE[key] !== undefined || (path.length === 0 && OURS.includes(name))) return [];
    const concerned = path.length === 0 && Object.keys(OTHERWISE).some((k) => k.startsWith(`${name} `));
    return [...(concerned ? [] : ([[key, status]] as [string, string][])), ...flat(children, here)];
  });
}

describe.skipIf(source === null)("all suites", () => {
  let uml: readonly KtapResult[] = [];
  let here: readonly KtapResult[] = [];
  beforeAll(() => {
    uml = parseKtap(umlKtap(source!, UML).split("\n"));
    here = parseKtap(cbit(["kunit", source!, "--format", "ktap"], env).out.split("\n"));
  });

  it("come to the same as under UML, test by test and parameter by parameter", () => {
    const expected = flat(uml);
    const got = new Map(flat(here));
    expect(expected.length).toBeGreaterThan(900);
    expect(expected.filter(([key, status]) => got.get(key) !== status).map(([key, status]) => `${key}: ${status} under UML, ${got.get(key) ?? "missing"} here`)).toEqual([]);
    const known = new Set(expected.map(([key]) => key));
    expect([...got.keys()].filter((key) => !known.has(key))).toEqual([]);
  });

  it("differ where it is said that they do", () => {
    const statuses = (suites: readonly KtapResult[]): ReadonlyMap<string, string> => new Map(suites.flatMap((s) => s.children.map((t) => [`${s.name} ${t.name}`, t.status] as const)));
    const same = Object.keys(OTHERWISE).filter((key) => statuses(here).get(key) === statuses(uml).get(key));
    expect(same).toEqual([]);
  });
});
