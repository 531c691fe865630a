// SPDX-License-Identifier: MIT
/** Mapping policies of the user's own, in modules. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

/** Decrypts what the DMA layer decrypted: its own questions, in its own order. */
const ASKS = `export default ({ cc_platform_has, force_dma_unencrypted, use_dma_iommu }) => ({
  tt_decrypted: (k) => k.use_dma_alloc && (cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT") || (!use_dma_iommu(k) && force_dma_unencrypted(k))),
});
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-policy-"));
  mkdirSync(at("folder.mjs"));
  writeFileSync(at("asks it.mjs"), ASKS);
  writeFileSync(at("all.cjs"), "module.exports = { io_prot_decrypts: () => true };\n");
  writeFileSync(at("bad.mjs"), "export default {\n");
  writeFileSync(at("none.mjs"), "export const policy = {};\n");
  writeFileSync(at("throws.mjs"), "export default { tt_decrypted: (k) => k.nothing.here };\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

interface CheckJson {
  readonly policy: string;
  readonly cases: readonly { readonly device: string; readonly machine: string; readonly verdict: string; readonly findings: readonly { readonly id: string; readonly replay: string }[] }[];
}
const SOME = ["--machine", "sme-zen2,iommu=off", "--machine", "sme-zen2,iommu=translated", "--machine", "sev", "--device", "amdgpu-gfx9"];
const verdicts = (out: string): string[] => parsed<CheckJson>(out).cases.map((c) => c.verdict);

describe("a policy from a module", () => {
  it("is checked like a built-in one, in one thread and in several", () => {
    const ran = cbit(["check", "--policy", at("asks it.mjs"), ...SOME, "--json"]);
    expect(ran).toMatchObject({ exit: 0, err: "" });
    expect(verdicts(ran.out)).toEqual(["holds", "holds", "holds"]);
    expect(parsed<CheckJson>(ran.out).policy).toBe(`${folder}/asks%20it.mjs`);
    expect(cbit(["check", "--policy", at("asks it.mjs"), ...SOME, "--workers", "2", "--json"]).out).toBe(ran.out);
  });

  it("comes back from the ids and tokens that it prints", () => {
    const ran = cbit(["check", "--policy", at("all.cjs"), ...SOME, "--json"]);
    expect(verdicts(ran.out)).toEqual(["holds", "broken", "holds"]);
    const [finding] = parsed<CheckJson>(ran.out).cases[1]!.findings;
    const byToken = cbit(["explain", finding!.replay, "--policy", at("all.cjs")]);
    expect(byToken).toMatchObject({ exit: 1, err: "" });
    expect(byToken.out).toContain("all.cjs");
    // A token may come from anybody: it does not load code by itself.
    for (const command of [["explain", finding!.replay], ["explore", "--replay", finding!.replay]]) {
      const alone = cbit(command);
      expect(alone).toMatchObject({ exit: 2, out: "" });
      expect(alone.err).toMatch(/^cbit: the token's policy is a module: .*all\.cjs \[CBIT-137\]\n {2}hint: .*--policy .*all\.cjs\n$/s);
    }
    const mail = cbit(["check", "--policy", at("all.cjs"), ...SOME, "--format", "mail"]).out;
    expect(mail).toMatch(/^ {2}cbit explain cbit1\S+ --policy \S+all\.cjs$/m);
    expect(cbit(["explain", finding!.id, "--policy", at("all.cjs")])).toMatchObject({ exit: 1, err: "" });
  });

  it("is compared with another one", () => {
    const ran = cbit(["compare", "model:6.12", "model:6.12", "--policy", "decrypt-dma-alloc-guest", "--policy", at("asks it.mjs"), ...SOME, "--json"]);
    expect(ran).toMatchObject({ exit: 0, err: "" });
    expect(parsed<{ cases: { change: string }[] }>(ran.out).cases.map((c) => c.change)).toEqual(["fixed", "same", "same"]);
    const releases = cbit(["compare", "model:6.1", "model:6.12", "--policy", at("all.cjs"), "--machine", "sev", "--device", "vmwgfx"]);
    expect(releases).toMatchObject({ exit: 0, err: "" });
  });

  it("is compared with all that cbit knows, as the last one", () => {
    const ran = cbit(["compare", "--policies", "--policy", at("asks it.mjs"), ...SOME, "--json"]);
    expect(ran).toMatchObject({ exit: 0, err: "" });
    const { policies } = parsed<{ policies: { policy: string; holds: number }[] }>(ran.out);
    expect(policies).toHaveLength(10);
    expect(policies.at(-1)).toMatchObject({ policy: `${folder}/asks%20it.mjs`, holds: 3 });
    expect(cbit(["compare", "--policies", "--policy", "encrypted", ...SOME]).err).toMatch(/^cbit: --policy encrypted does not go with --policies: .*\[CBIT-100\]\n {2}hint: /s);
  });

  it("keeps a checkpoint from being used under another policy of the same path", () => {
    writeFileSync(at("changes.mjs"), ASKS);
    const args = ["explore", "--machine", "sev", "--device", "vmwgfx", "--policy", at("changes.mjs"), "--states", "10", "--checkpoint", at("c.checkpoint")];
    expect(cbit(args)).toMatchObject({ exit: 4 });
    const resume = ["explore", "--machine", "sev", "--device", "vmwgfx", "--policy", at("changes.mjs"), "--resume", at("c.checkpoint")];
    expect(cbit(resume)).toMatchObject({ exit: 0, err: "" });
    writeFileSync(at("changes.mjs"), `${ASKS}// another one\n`);
    const ran = cbit(resume);
    expect(ran.exit).toBe(2);
    expect(ran.err).toContain("CBIT-312");
  });

  it.each([
    ["gone.mjs", 2, "CBIT-130", "there is no such file"],
    ["folder.mjs", 2, "CBIT-130", "it is no ordinary file"],
    ["bad.mjs", 2, "CBIT-134", "SyntaxError"],
    ["none.mjs", 2, "CBIT-134", "has no default export"],
    ["throws.mjs", 2, "CBIT-136", "tt_decrypted() ended in an error: TypeError"],
  ])("%s is told: exit %i, %s", (name, exit, code, text) => {
    const ran = cbit(["check", "--policy", at(name), ...SOME]);
    expect(ran).toMatchObject({ exit, out: "" });
    expect(ran.err).toContain(code);
    expect(ran.err).toContain(text);
    expect(ran.err).toContain("hint:");
  });
});
