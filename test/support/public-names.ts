// SPDX-License-Identifier: MIT
/** The public names of the package, from its entries: what each is, and what its doc comment says. */

import ts from "typescript";

export interface PublicName {
  readonly name: string;
  readonly kind: "function" | "type" | "value";
  /** "(spec: string): Configuration" of a function, the type of a value; empty for a type. */
  readonly signature: string;
  /** The first paragraph of its doc comment, references and tags left out; empty where there is none. */
  readonly doc: string;
  /** "src/api/check.ts". */
  readonly file: string;
}

/** In one line, "import(...)" and what a reader can look up left out. */
function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/import\("[^"]*"\)\./g, "").replaceAll("readonly ", "");
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return text.split(/\n\s*\n/)[0]!.replaceAll(/\s+/g, " ").trim();
}

/** The exports of an entry, "src/api/index.ts", by name. */
export function publicNames(entry: string): PublicName[] {
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, allowImportingTsExtensions: true, noEmit: true, skipLibCheck: true, types: ["node"] };
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (source === undefined || module === undefined) throw new Error(`${entry} is no module`);
  return checker
    .getExportsOfModule(module)
    .map((exported): PublicName => {
      const symbol = (exported.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(exported) : exported;
      const declaration = symbol.declarations?.[0];
      if (declaration === undefined) throw new Error(`${exported.name} is declared nowhere`);
      const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
      const type = checker.getTypeOfSymbolAtLocation(symbol, source);
      const [call] = isValue ? type.getCallSignatures() : [];
      const text = call !== undefined ? checker.signatureToString(call, source, ts.TypeFormatFlags.NoTruncation) : isValue ? checker.typeToString(type, source) : "";
      return { name: exported.name, kind: call !== undefined ? "function" : isValue ? "value" : "type", signature: inOneLine(text), doc: docOf(symbol, checker), file: declaration.getSourceFile().fileName.replace(/^.*?(?=src\/)/, "") };
    })
    .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}
