// SPDX-License-Identifier: MIT
/** JSON files that users write: read with the place of every value, so that errors can name line and column. */

import { type Node, parseTree, type ParseError, printParseErrorCode } from "jsonc-parser";
import { CbitError, EXIT } from "../../base/index.ts";

/** Files are small: a bigger one is something else, and brackets that go deeper are a mistake. */
const MOST_CHARACTERS = 1 << 20;
const MOST_DEPTH = 32;
const SHOWN = 40;

/** One file: its text, and the errors that it gives rise to. */
export class JsonFile {
  readonly root: Node;
  private readonly file: string;
  private readonly text: string;
  private readonly schemaHint: string;

  /**
   * @param file as the user named it
   * @param schemaHint what to do about errors: where the fields are described
   * @throws CbitError (CBIT-131) where the text is no JSON
   */
  constructor(file: string, text: string, schemaHint: string) {
    this.file = file;
    this.text = text.startsWith("\ufeff") ? text.slice(1) : text;
    this.schemaHint = schemaHint;
    this.root = this.parse();
  }

  private parse(): Node {
    if (this.text.length > MOST_CHARACTERS) throw this.error("CBIT-131", 0, `it has ${this.text.length} characters; at most ${MOST_CHARACTERS} are read`, "Is it the right file?");
    const deep = tooDeep(this.text);
    if (deep >= 0) throw this.error("CBIT-131", deep, `brackets are nested more than ${MOST_DEPTH} deep`, this.schemaHint);
    const errors: ParseError[] = [];
    const root = parseTree(this.text, errors, { disallowComments: true, allowTrailingComma: false });
    const [first] = errors;
    if (first !== undefined) throw this.error("CBIT-131", first.offset, `it is no JSON: ${syntaxText(first, this.text)}`, "Comments and trailing commas are no JSON either.");
    if (root === undefined) throw this.error("CBIT-131", 0, "it is no JSON: the file is empty", this.schemaHint);
    return root;
  }

  /** An error at a place of the file. @param at a node, or an offset in characters */
  error(code: string, at: Node | number, message: string, hint: string = this.schemaHint): CbitError {
    const offset = typeof at === "number" ? at : at.offset;
    const before = this.text.slice(0, offset);
    const line = before.split("\n").length;
    const column = offset - (before.lastIndexOf("\n") + 1) + 1;
    return new CbitError({ code, exit: EXIT.usage, message: `${this.file}:${line}:${column}: ${message}`, hint });
  }

  /** What stands at a place, on one line, without what does not print, cut short. */
  shown(node: Node): string {
    const text = this.text.slice(node.offset, node.offset + node.length).replaceAll(/[\s\p{C}]+/gu, " ");
    return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  }

  /** Names and values of an object. @throws CbitError (CBIT-132) where it is none, or has a name twice */
  members(node: Node, path: string): ReadonlyMap<string, { readonly key: Node; readonly value: Node }> {
    if (node.type !== "object") throw this.error("CBIT-132", node, `${path === "" ? "the file" : path} must be an object, {...}, not ${this.shown(node)}`);
    const members = new Map<string, { key: Node; value: Node }>();
    for (const property of node.children ?? []) {
      const [key, value] = property.children as [Node, Node];
      const name = key.value as string;
      if (members.has(name)) throw this.error("CBIT-132", key, `${path === "" ? "" : `${path}.`}${this.shown(key).slice(1, -1)} is given twice`);
      members.set(name, { key, value });
    }
    return members;
  }
}

const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "a word that means nothing here",
  InvalidNumberFormat: "a number that is none",
  PropertyNameExpected: "a name in double quotes must stand here",
  ValueExpected: "a value must stand here",
  ColonExpected: "a colon must stand here",
  CommaExpected: "a comma must stand here",
  CloseBraceExpected: "a } is missing",
  CloseBracketExpected: "a ] is missing",
  EndOfFileExpected: "the file must end here",
  InvalidCommentToken: "there are no comments in JSON",
  UnexpectedEndOfComment: "a comment that does not end",
  UnexpectedEndOfString: "a string that does not end",
  UnexpectedEndOfNumber: "a number that does not end",
  InvalidUnicode: "\\u needs four hexadecimal digits",
  InvalidEscapeCharacter: "a backslash before something that it does not go with",
  InvalidCharacter: "a character that must not stand in a string",
};

function syntaxText(error: ParseError, text: string): string {
  if (text.slice(error.offset).trim() === "") return "the file ends too early";
  const name = printParseErrorCode(error.error);
  return SYNTAX[name] ?? name;
}

/** The offset of the bracket that is too deep inside of others; -1 where there is none. Strings do not count. */
function tooDeep(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > MOST_DEPTH) return index;
  }
  return -1;
}
