// SPDX-License-Identifier: MIT
/** An interrupt ends a search that has long to go, at once. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

/** A minute and more, were it not for the interrupt. */
const LONG = ["explore", "--machine", "sev", "--device", "vmwgfx", "--buffers", "4", "--pages", "1", "--states", "99999999"];

it.each(["SIGINT", "SIGTERM"] as const)("%s ends a search", async (signal) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../bin/cbit.js"), ...LONG], { stdio: "ignore" });
  const ended = new Promise<{ readonly code: number | null; readonly by: string | null }>((resolve) => child.on("exit", (code, by) => resolve({ code, by })));
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const begin = Date.now();
  child.kill(signal);
  expect(await ended).toEqual({ code: null, by: signal });
  expect(Date.now() - begin).toBeLessThan(2000);
});
