// SPDX-License-Identifier: MIT
/** Text keeps within the columns of the terminal, whatever the command: what may stick out is a single word that nothing can break. */

import { describe, expect, it } from "vitest";
import { cbit } from "../support/cbit.ts";

const TOKEN = "cbit1/model:6.12/decrypt-dma-alloc-guest/sev/vmwgfx/host/page_alloc,cpu_write:linear,host_read,set_memory_decrypted,cpu_write:linear,host_read,host_write,cpu_read:linear,set_memory_encrypted,cpu_write:linear,host_read";

const COMMANDS = [
  "check --report-only",
  "check --workload trust --report-only --all",
  "check --machine sev --device vmwgfx --buffers 2 --pages 2 --states 100",
  "check --machine sme-zen2,iommu=off --device amdgpu-gfx9 --workload ttm-swap",
  "explain",
  "explain a --machine sme-zen2",
  "explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read",
  "explain amdgpu-gfx6@sme-zen2,iommu=off/ciphertext-read.2 --workload ttm-swap",
  "explain amdgpu-gfx6@sev-snp/page-state --workload trust",
  "explain amdgpu-gfx6@sme-zen2,iommu=off/bounce-leak --workload dma-buf",
  "explain amdgpu-gfx9@sev/ciphertext-read",
  `explain ${TOKEN}`,
  "explore --machine sev --device vmwgfx --policy encrypted",
  "explore --machine sev --device vmwgfx --random 20",
  "explore --machine sev --device vmwgfx --self-check",
  `explore --replay ${TOKEN}`,
  "compare model:6.1 model:6.12 --machine sev --device vmwgfx --device amdgpu-gfx9",
  "compare model:6.12 model:6.12 --policy encrypted --policy decrypt-dma-alloc-guest --machine sev --device vmwgfx",
  "compare --policies --machine sev --machine sme-zen2 --device vmwgfx --device amdgpu-gfx9",
  "run litmus/b01-ttm-decrypted.litmus",
  "list",
  "list changes",
  "list slice",
  "list services",
  "doctor",
  "--help",
  ...["check", "explain", "explore", "run", "compare", "kunit", "list", "tree", "tree prepare", "tree list", "tree services", "tree forget", "doctor"].map((c) => `${c} --help`),
];

/** A command to copy, or a line to search for: it is one word to its reader. */
const COPIED = /^(?:Usage: |ok  |FAILED  )|^ *(?:\$ |replay +|short +|resume +|also +|[a-z ]+: +)?(?:cbit|apt-get) |^ *--\S+ \S+(?: \\)?$|\\$/;

/** Lines that are longer than they had to be: with a word that fills most of the line there is nothing to break. */
function tooLong(text: string, width: number): string[] {
  const room = width - 24;
  return text.split("\n").filter((line) => line.length > width && !COPIED.test(line) && Math.max(...line.split(" ").map((w) => w.length)) <= Math.max(14, room));
}

describe.each([40, 57, 80])("within %i columns", (width) => {
  it.each(COMMANDS)("cbit %s", (command) => {
    const { out, err } = cbit(command, { COLUMNS: String(width) });
    expect(err).toBe("");
    expect(out.length).toBeGreaterThan(0);
    expect(tooLong(out, width)).toEqual([]);
  });
});
