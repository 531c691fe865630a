// SPDX-License-Identifier: MIT
/** Compiles the C glue with the tree's own command for a TTM file, so that it sees the tree's headers and options. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { Host } from "../host.ts";
import { parseCmd, parseRule } from "./dependencies.ts";
import type { Source } from "./source.ts";

const MODEL = "drivers/gpu/drm/ttm/ttm_tt";

/** Where kbuild keeps the saved command of a target. */
export function cmdFile(build: string, file: string): string {
  const slash = file.lastIndexOf("/");
  return `${build}/${file.slice(0, slash)}/.${file.slice(slash + 1)}.ll.cmd`;
}

export interface Glue {
  /** "driver.c" and so on. */
  readonly name: string;
  readonly ir: string;
  readonly files: readonly string[];
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * @param changed files that are not what they were at the last success: what reads none of them is not compiled again;
 * null: all of it is
 * @throws CbitError (exit 5) where the glue does not fit the tree's interfaces
 */
export async function compileGlue(host: Host, source: Source, build: string, changed: ReadonlySet<string> | null): Promise<Glue[]> {
  const { command } = parseCmd(await host.readText(cmdFile(build, MODEL)));
  const options = command.replace(/-Wp,-MM?D,\S+/, "").replace(/ -emit-llvm .*$/, "");
  const names = (await host.list(host.guestDirectory)).filter((name) => name.endsWith(".c"));
  const folder = `${build}/cbit`;
  await host.makeDirectory(folder);
  const compile = async (name: string): Promise<Glue> => {
    const out = `${folder}/${name.replace(/\.c$/, ".ll")}`;
    const rule = `${out}.d`;
    const read = async (): Promise<Glue> => ({
      name,
      ir: await host.readText(out),
      files: parseRule(await host.readText(rule)).map((f) => (f.startsWith("/") ? f : `${build}/${f}`)),
    });
    const kept = changed === null ? null : await read().catch(() => null);
    if (kept !== null && !kept.files.some((f) => changed!.has(f))) return kept;
    const extra = [
      "-w -fno-builtin -emit-llvm -S -fno-discard-value-names",
      `-Wp,-MMD,${quote(rule)} -I${quote(`${source.path}/drivers/iommu/amd`)} -I${quote(host.guestDirectory)}`,
      `-o ${quote(out)} ${quote(`${host.guestDirectory}/${name}`)}`,
    ];
    const result = await host.run(["sh", "-c", `${options} ${extra.join(" ")}`], { cwd: build, env: { LC_ALL: "C" }, timeoutMs: 120_000 });
    if (result.status !== 0) {
      const first = result.stderr.split("\n").find((l) => l.includes("error:")) ?? result.stderr.split("\n")[0]!;
      throw new CbitError({
        code: "CBIT-252",
        exit: EXIT.unsupported,
        message: `tree ${source.path} (${source.release}): cbit's glue does not fit its interfaces: ${first.replace(`${host.guestDirectory}/`, "")}`,
        hint: "Known to work: Linux 6.12. Please report the release.",
      });
    }
    return read();
  };
  const out: Glue[] = [];
  for (let i = 0; i < names.length; i += host.processors) out.push(...(await Promise.all(names.slice(i, i + host.processors).map(compile))));
  return out;
}

/** Entry points: every function of the glue whose name begins with cbit_. */
export function entryPoints(glue: readonly Glue[]): string[] {
  return glue.flatMap((g) => [...g.ir.matchAll(/^define (?!internal)[^@\n]*@(cbit_\w+)\(/gm)].map((m) => m[1]!)).sort();
}
