// SPDX-License-Identifier: MIT
/** Compiles the C glue with the tree's own command for a TTM file, so that it sees the tree's headers and options. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { Host } from "../host.ts";
import type { GlueFolder, ModuleSpec } from "../modules/index.ts";
import { parseCmd, parseRule } from "./dependencies.ts";
import type { Source } from "./source.ts";
import { Units } from "./units.ts";

const MODEL = "drivers/gpu/drm/ttm/ttm_tt";

/** Where kbuild keeps the saved command of a target. */
export function cmdFile(build: string, file: string): string {
  const slash = file.lastIndexOf("/");
  return `${build}/${file.slice(0, slash)}/.${file.slice(slash + 1)}.ll.cmd`;
}

export interface Glue {
  /** "contract/driver.c" and so on. */
  readonly name: string;
  readonly ir: string;
  readonly files: readonly string[];
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The IR of a module's glue; only what changed is compiled.
 * @throws CbitError (exit 5) where the glue does not fit the tree's interfaces
 */
export async function compileGlue(host: Host, source: Source, build: string, module: ModuleSpec): Promise<Glue[]> {
  // Checkouts of cbit have folders of their own.
  const place = `${build}/cbit-${host.hash(host.guestDirectory).slice(0, 8)}`;
  return (await Promise.all(module.glue.map((glue) => compileFolder(host, source, build, `${place}/${glue.folder}`, glue)))).flat();
}

async function compileFolder(host: Host, source: Source, build: string, place: string, glue: GlueFolder): Promise<Glue[]> {
  const { command } = parseCmd(await host.readText(cmdFile(build, glue.optionsOf ?? MODEL)));
  const options = command.replace(/-Wp,-MM?D,\S+/, "").replace(/ -emit-llvm .*$/, "");
  const from = `${host.guestDirectory}/${glue.folder}`;
  const folders = [...(glue.include ?? []).map((folder) => `${source.path}/${folder}`), `${source.path}/drivers/iommu/amd`, from, `${host.guestDirectory}/contract`, `${host.guestDirectory}/common`];
  const common = `${options} -w -fno-builtin -emit-llvm -S -fno-discard-value-names ${folders.map((f) => `-I${quote(f)}`).join(" ")}`;
  const names = (await host.list(from)).filter((name) => name.endsWith(".c"));
  await host.makeDirectory(place);
  const units = await Units.open(host, `${place}/units.json`, common);
  await units.refresh();
  const out = (name: string): string => `${place}/${name.replace(/\.c$/, ".ll")}`;
  const compile = async (name: string): Promise<void> => {
    const extra = [`-Wp,-MMD,${quote(`${out(name)}.d`)}`, `-o ${quote(out(name))} ${quote(`${from}/${name}`)}`];
    const result = await host.run(["sh", "-c", `${common} ${extra.join(" ")}`], { cwd: build, env: { LC_ALL: "C" }, timeoutMs: 120_000 });
    if (result.status === 0) return;
    const first = result.stderr.split("\n").find((l) => l.includes("error:")) ?? result.stderr.split("\n")[0]!;
    throw new CbitError({
      code: "CBIT-252",
      exit: EXIT.unsupported,
      message: `tree ${source.path} (${source.release}): cbit's glue does not fit its interfaces: ${first.replace(`${host.guestDirectory}/`, "")}`,
      hint: "Known to work: Linux 6.12. Please report the release.",
    });
  };
  const present = await Promise.all(names.map((name) => host.stat(out(name))));
  const todo = names.filter((name, i) => present[i] === null || !units.isCurrent(name));
  for (let i = 0; i < todo.length; i += host.processors) await Promise.all(todo.slice(i, i + host.processors).map(compile));
  const read = async (name: string): Promise<readonly string[]> => parseRule(await host.readText(`${out(name)}.d`)).map((f) => (f.startsWith("/") ? f : `${build}/${f}`));
  await units.compiled(await Promise.all(todo.map(async (unit) => ({ unit, reads: await read(unit) }))));
  return Promise.all(names.map(async (name) => ({ name: `${glue.folder}/${name}`, ir: await host.readText(out(name)), files: await read(name) })));
}

/** Entry points: every function of the glue whose name begins with cbit_. */
export function entryPoints(glue: readonly Glue[]): string[] {
  return glue.flatMap((g) => [...g.ir.matchAll(/^define (?!internal)[^@\n]*@(cbit_\w+)\(/gm)].map((m) => m[1]!)).sort();
}
