// SPDX-License-Identifier: MIT
/** What a kbuild makefile says that objects are made for, without make. Ref: Documentation/kbuild/makefiles.rst, "Goal definitions". */

/** An object of a folder. */
export interface MakefileObject {
  /** Within the folder, without ".o": the name of its C file. */
  readonly name: string;
  /** The option that it is built for, "DRM_TTM_KUNIT_TEST"; null where it is always. */
  readonly option: string | null;
}

/** Lines as make sees them: continued ones joined, without comments and blanks at the ends. */
function logicalLines(text: string): string[] {
  const joined = text.replace(/\\\r?\n/g, " ").split(/\r?\n/);
  return joined.map((line) => line.replace(/#.*$/, "").replace(/\s+/g, " ").trim()).filter((line) => line !== "");
}

const ASSIGNMENT = /^(\S+?)-(y|m|objs|\$\(CONFIG_(\w+)\)) ?(?:\+=|:=|=) ?(.*)$/;
const OBJECT = /^([-\w]+)\.o$/;

interface Assignment {
  readonly of: string;
  readonly option: string | null;
  readonly objects: readonly string[];
}

function assignment(line: string): Assignment | null {
  const [, of, , option, words] = ASSIGNMENT.exec(line) ?? [];
  if (of === undefined || words === undefined) return null;
  return { of, option: option ?? null, objects: words.split(" ").flatMap((word) => OBJECT.exec(word)?.[1] ?? []) };
}

/** The objects of a makefile, the parts of composite ones in place of them. SIMPLIFIED (may miss bugs): conditions and variables of a makefile's own are not looked at: a suite that only they name does not run. */
export function objectsOf(text: string): MakefileObject[] {
  const all = logicalLines(text).flatMap((line) => assignment(line) ?? []);
  const parts = new Map<string, string[]>();
  for (const { of, objects } of all) if (of !== "obj" && of !== "lib") parts.set(of, [...(parts.get(of) ?? []), ...objects]);
  return all.filter((a) => a.of === "obj" || a.of === "lib").flatMap(({ option, objects }) => objects.flatMap((name) => parts.get(name) ?? [name]).map((name) => ({ name, option })));
}

/**
 * Whether two versions of a makefile differ in nothing but objects that the second one has besides: no other file is built otherwise.
 * @param added names of such objects, without ".o"
 */
export function onlyAdds(before: string, after: string, added: ReadonlySet<string>): boolean {
  const kept = (line: string): string => line.split(" ").filter((word) => !added.has(OBJECT.exec(word)?.[1] ?? "")).join(" ");
  const empty = /^obj-\S+ ?(?:\+=|:=|=)$/;
  const rest = (text: string): string[] => logicalLines(text).map(kept).filter((line) => !empty.test(line));
  return rest(before).join("\n") === rest(after).join("\n");
}
