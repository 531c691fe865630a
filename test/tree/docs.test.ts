// SPDX-License-Identifier: MIT
/**
 * Runs the documentation's commands on kernel trees. Where a page says linux-source-6.12 or linux-source-6.1, the folder of the test's source stands.
 * test/docs/snippets.test.ts runs all others.
 */

import { afterAll, describe, expect, inject, it } from "vitest";
import { allBlocks, commandsOf, expectedOf, needsTree, notRun, type Workspace, workspace } from "../support/snippets.ts";

const linux612 = inject("linux612");
const linux61 = inject("linux61");

const blocks = allBlocks();
const commands = blocks.flatMap(commandsOf).filter((c) => needsTree(c.command) && notRun(c.command) === null);

const spaces = new Map<string, Workspace>();
afterAll(() => {
  for (const space of spaces.values()) space.remove();
});

function spaceOf(file: string): Workspace {
  const known = spaces.get(file) ?? workspace(blocks.filter((b) => b.file === file), { "linux-source-6.12": linux612!, "linux-source-6.1": linux61! }, inject("treeCache"));
  spaces.set(file, known);
  return known;
}

describe.skipIf(linux612 === null || linux61 === null)("commands on trees", () => {
  it("are there", () => {
    expect(commands.length).toBeGreaterThan(0);
  });

  it.each(commands)("$where: $command", (shown) => {
    const { file, command, variables, exit } = shown;
    const ran = spaceOf(file).run(command, variables);
    expect(ran).toMatchObject({ exit, ...(shown.output.length === 0 ? { err: "" } : {}) });
    expect(ran.out + ran.err).toMatch(expectedOf(shown));
  });
});
