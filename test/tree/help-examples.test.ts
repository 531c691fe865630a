// SPDX-License-Identifier: MIT
/** The examples of help pages that take a kernel source. test/cli/help-examples.test.ts runs the others. */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { ExamplePlace, helpExamples, takesTree } from "../support/help-examples.ts";

const source = inject("linux612");
const examples = [...new Set((await helpExamples()).filter(takesTree).map((e) => e.line))];

/** What a whole matrix or every machine would take too long for. */
const LESS: Readonly<Record<string, string>> = { "cbit check --kernel tree:/usr/src/linux-source-6.12 --json": " --machine sev --device xe" };

describe.skipIf(source === null)("examples of help pages, with a kernel source", () => {
  const place = new ExamplePlace(source, inject("treeCache"));
  // Forgetting is for a cache of its own: that of the tests is shared.
  const other = mkdtempSync(join(tmpdir(), "cbit-forget-"));
  const apart = new ExamplePlace(source, other);
  afterAll(() => {
    place.remove();
    apart.remove();
    rmSync(other, { recursive: true, force: true });
  });

  function copyPrepared(): void {
    place.run("cbit tree prepare linux-6.12");
    // What others are about to finish there begins with a dot.
    cpSync(join(inject("treeCache"), "trees"), join(other, "trees"), { recursive: true, filter: (path) => !basename(path).startsWith(".") });
  }

  it.each(examples)("runs: %s", (line) => {
    const forget = line.startsWith("cbit tree forget");
    // What is forgotten has to be there.
    if (forget) copyPrepared();
    const { exit, out, err } = (forget ? apart : place).run(line, LESS[line]);
    expect(err).toBe("");
    expect(out.length).toBeGreaterThan(0);
    expect([0, 1]).toContain(exit);
  });
});
