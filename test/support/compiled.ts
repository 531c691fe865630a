// SPDX-License-Identifier: MIT
/** What threads need of the tests: Node runs no TypeScript, so that it is compiled next to the compiled sources first. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../../dist/test/support");

/** Compiles files of this folder into `dist`, where the sources' `src/` is left out of paths. @returns where the first of them is now */
export function compiled(names: readonly string[]): string {
  const files = names.map((name) => {
    const source = readFileSync(join(HERE, name), "utf8").replaceAll(/(from "(?:\.\.\/)+)src\//g, "$1");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true },
    });
    const file = join(OUT, name.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, outputText);
    return file;
  });
  return files[0]!;
}
