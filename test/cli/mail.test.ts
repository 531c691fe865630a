// SPDX-License-Identifier: MIT
/** `--format mail`: 72 columns of ASCII, and commands that come to what the mail says. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { withoutFormat } from "../../src/cli/about.ts";
import { cbit } from "../support/cbit.ts";

const SMALL = "--machine sme-zen2 --machine sev --device amdgpu-gfx9 --device vmwgfx --device xe";

const MAILS = {
  "the default matrix": "check",
  "a small matrix": `check ${SMALL}`,
  "a matrix that holds": "check --machine sev --device vmwgfx",
  "a matrix that is cut short": "check --machine sev --device vmwgfx --states 5",
  "refused and advice": "check --machine sme-zen2 --device amdgpu-raven --device amdgpu-gfx9.4.3 --policy decrypt-all",
  "a finding": "explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read",
  "a token": "explain cbit1/model:6.12/encrypted/sev/vmwgfx/ttm-buffer/bo_create,bo_populate,bo_vmap",
  "a token without a violation": "explain cbit1/model:6.12/decrypt-dma-alloc-guest/sev/vmwgfx/ttm-buffer/bo_create,bo_populate,bo_vmap",
  "no such finding": "explain vmwgfx@sev/ciphertext-read",
  "what shows at boot": "explain amdgpu-raven@sme-zen2,iommu=off/refusal --kernel model:6.1-ea68573d408f",
  "what a policy fixes": "compare model:6.12 model:6.12 --policy encrypted --policy decrypt-dma-alloc-guest --machine sev --device vmwgfx",
  "what a policy breaks and fixes": `compare model:6.12 model:6.12 --policy decrypt-dma-alloc-guest --policy decrypt-dma-alloc ${SMALL} --device amdgpu-gfx9.4.3`,
  "two releases": "compare model:6.1 model:6.12",
} as const;

/** Each command of a mail, with the line before it. */
function commandsOf(mail: string): { readonly says: string; readonly command: string }[] {
  const lines = mail.split("\n");
  return lines.flatMap((line, i) => (line.startsWith("  cbit ") && lines[i - 1]!.startsWith("  ") ? [{ says: lines[i - 1]!, command: line.trim() }] : []));
}

describe.each(Object.entries(MAILS))("a mail of %s", (_name, args) => {
  let mail = "";
  beforeAll(() => {
    const plain = cbit(args);
    const ran = cbit(`${args} --format mail`);
    if (ran.exit !== plain.exit || ran.err !== "") throw new Error(`exit ${ran.exit}, not ${plain.exit}: ${ran.err}`);
    mail = ran.out;
  }, 60_000);

  it("is ASCII, and within 72 columns but for commands and words that must not be broken", () => {
    expect(mail).toMatch(/^[\n -~]+$/);
    for (const line of mail.split("\n").filter((l) => l.length > 72)) expect(line).toMatch(/^(?: {2}|command {3})cbit |^ {2}\| |^ *\S+$/);
    expect(mail.split("\n").filter((l) => l.endsWith(" "))).toEqual([]);
  });

  it("has a subject, the verdict first, the base, and what it takes to reproduce", () => {
    const [subject, verdict] = mail.split("\n\n");
    expect(subject).toMatch(/^Subject: \[cbit\] \S/);
    expect(subject!.split("\n").slice(1).every((l) => l.startsWith(" "))).toBe(true);
    expect(verdict).toMatch(/^(?:broken|bounded|holds|refused|not found|nothing wrong|\d+ cases? of )/);
    expect(mail).toMatch(/^(?:base|before) +model:6\.1/m);
    expect(mail).toMatch(/^cbit +\d+\.\d+\.\d+, Node \d+/m);
    expect(mail).toContain("\nTo reproduce:\n\n  npm install --global ./cbit-");
  });

  it("has commands that come to what stands above them", () => {
    const commands = commandsOf(mail);
    expect(commands.length).toBeGreaterThan(0);
    const came = commands.map(({ says, command }) => {
      const { exit, err, out } = cbit(command.split(" ").slice(1));
      const rule = /, ([a-z-]+)(?: before| after)?: exit 1$/.exec(says)?.[1] ?? "";
      return { command, exit, err, tells: rule === "" || out.includes(`/${rule}`) };
    });
    expect(came).toEqual(commands.map(({ says, command }) => ({ command, exit: Number(/exit (\d)$/.exec(says)![1]), err: "", tells: true })));
  });
});

describe("what a mail says", () => {
  it("tells the trace with the kernel's files, who sees the page how, and why", () => {
    const { out } = cbit(`${MAILS["a finding"]} --format mail`);
    for (const words of ["ttm_io_prot (drivers/gpu/drm/ttm/ttm_bo_util.c:291)", "device      .  C=0  C=0  C=0    C=0:r!", "  cause   encrypted by ttm_io_prot", "  source  Documentation/arch/x86/amd-memory-encryption.rst:10-40", "Also wrong in this case:\n  - alias-attribute: "]) expect(out).toContain(words);
  });

  it("tells what a change fixes and what it breaks", () => {
    const { out } = cbit(`${MAILS["what a policy breaks and fixes"]} --format mail`);
    expect(out.replaceAll("\n ", " ")).toMatch(/^Subject: \[cbit\] model:6\.12, decrypt-dma-alloc beside decrypt-dma-alloc-guest: breaks \d+, fixes \d+ of \d+ cases/);
    expect(out).toMatch(/^BREAKS \d+ cases? \(holds before, broken after\): /m);
    expect(out).toMatch(/^FIXES \d+ cases? \(broken before, holds after\): /m);
  });

  it("names the command without its format, and bytes that are no ASCII as a shell takes them", () => {
    expect(withoutFormat(["check", "--format", "mail", "-o", "x", "--json", "--format=mail", "--output=y", "-oz", "--device", "a"])).toEqual(["check", "--device", "a"]);
    const folder = mkdtempSync(join(tmpdir(), "cbit-mail-"));
    try {
      const device = join(folder, "ger\u00e4t's.json");
      writeFileSync(device, '{"schema": "cbit.device/1", "name": "mine", "like": "amdgpu-gfx9"}');
      const { out } = cbit(["check", "--device", device, "--machine", "sev", "--format", "mail"]);
      expect(out).toMatch(/^[\n -~]+$/);
      expect(out).toContain(`\nFile ${folder}/gerat's.json\n  | {"schema": "cbit.device/1", "name": "mine", "like": "amdgpu-gfx9"}\n`);
      expect(out).toContain(`  cbit check --device $'${folder}/ger\\xc3\\xa4t\\x27s.json' --machine sev\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
