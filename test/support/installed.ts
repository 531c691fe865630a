// SPDX-License-Identifier: MIT
/** The package as users get it: packed, and installed into an empty folder. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ran } from "./cbit.ts";

export interface Installed {
  /** The folder that it is installed in. */
  readonly folder: string;
  /** What the package has, "package/bin/cbit.js". */
  readonly files: readonly string[];
  run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Ran;
  remove(): void;
}

function ran(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
  return { exit: status, out: stdout, err: stderr };
}

function done({ exit, out, err }: Ran): string {
  if (exit !== 0) throw new Error(err + out);
  return out;
}

/** Packs the checkout as it is built, and installs the tarball with its dependencies; those that npm has had before come from its cache. */
export function install(): Installed {
  const root = mkdtempSync(join(tmpdir(), "cbit-installed-"));
  const folder = join(root, "user");
  mkdirSync(folder);
  // "prepare" has built what is packed.
  const [packed] = JSON.parse(done(ran("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", root], "."))) as [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }];
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  done(ran("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", join(root, packed.filename)], folder));
  return { folder, files: packed.files.map((f) => f.path), run: (program, args, env) => ran(program, args, folder, env), remove: () => rmSync(root, { recursive: true }) };
}
