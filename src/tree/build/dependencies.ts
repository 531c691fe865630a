// SPDX-License-Identifier: MIT
/** On which files the IR depends, as fixdep and the compiler wrote them down, and whether their contents changed. */

import type { Host } from "../host.ts";

/** A file as it was when it was read. */
export interface Dependency {
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  readonly hash: string;
}

/** The command that kbuild saved for a target, and the files that it read. Ref: scripts/basic/fixdep.c. */
export function parseCmd(text: string): { command: string; files: string[] } {
  const command = /^(?:saved)?cmd_\S+ := (.*)$/m.exec(text)?.[1] ?? "";
  const source = /^source_\S+ := (\S+)$/m.exec(text)?.[1];
  const listed = /^deps_\S+ := \\\n((?:.*\\\n)*.*)$/m.exec(text)?.[1] ?? "";
  const files = listed.split("\n").map((line) => line.replace(/\\$/, "").trim()).filter((line) => line !== "" && !line.startsWith("$(wildcard"));
  return { command, files: [...(source === undefined ? [] : [source]), ...files] };
}

/** The files of a make rule that the compiler wrote (-MMD). */
export function parseRule(text: string): string[] {
  return text.replace(/\\\n/g, " ").replace(/^[^:]*:/, "").trim().split(/\s+/).filter((w) => w !== "");
}

async function read(host: Host, path: string): Promise<Dependency | null> {
  const stat = await host.stat(path);
  if (stat === null) return null;
  return { path, bytes: stat.bytes, modified: stat.modified, hash: host.hash(await host.readBytes(path)) };
}

const BATCH = 64;

async function inBatches<T, R>(items: readonly T[], fn: (item: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  for (let i = 0; i < items.length; i += BATCH) out.push(...(await Promise.all(items.slice(i, i + BATCH).map(fn))));
  return out;
}

/** Reads the files as they are now; those that are gone are left out. */
export async function fingerprint(host: Host, paths: readonly string[]): Promise<Dependency[]> {
  const all = await inBatches([...new Set(paths)].sort(), (path) => read(host, path));
  return all.filter((d) => d !== null);
}

/** The files whose contents are not what they were. A file with the same size and time is taken to be the same. */
export async function changedFiles(host: Host, dependencies: readonly Dependency[]): Promise<string[]> {
  const changed = await inBatches(dependencies, async (d) => {
    const stat = await host.stat(d.path);
    if (stat === null || stat.bytes !== d.bytes) return true;
    return stat.modified !== d.modified && host.hash(await host.readBytes(d.path)) !== d.hash;
  });
  return dependencies.filter((_, i) => changed[i]).map((d) => d.path);
}
