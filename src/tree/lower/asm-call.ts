// SPDX-License-Identifier: MIT
/** Reads one inline-assembly call from the text of an LLVM IR module. Ref: LLVM LangRef, "Inline Assembler Expressions". */

/** An argument: its type ("ptr", "i64"), the type behind an indirect operand, and the value as IR text. */
export interface AsmArg {
  readonly type: string;
  readonly elementType: string | null;
  readonly value: string;
}

/** An operand of the template: `$0` is operand 0. Outputs that are not indirect have no argument. */
export interface AsmOperand {
  readonly constraint: string;
  readonly arg: AsmArg | null;
  /** Place among the results where the operand is a direct output. */
  readonly result: number;
}

export interface AsmCall {
  /** "%3", or null for void. */
  readonly name: string | null;
  /** "void", "i64", "{ i8, i64 }". */
  readonly type: string;
  /** The types of the direct results, in order. */
  readonly results: readonly string[];
  readonly template: string;
  readonly constraints: string;
  readonly operands: readonly AsmOperand[];
  readonly args: readonly AsmArg[];
  /** callbr only: the fall-through label, then the indirect ones ("%label"). */
  readonly labels: readonly string[];
}

const ASM = / asm (?:sideeffect )?(?:alignstack )?(?:inteldialect )?(?:unwind )?"([^"]*)", "([^"]*)"\(/;
const HEAD = /^\s*(?:(%[-\w$.]+|%"[^"]*") = )?(?:tail |musttail |notail )?(call|callbr) (.*)$/;

/** True where a line of IR calls inline assembly. */
export function isAsmLine(line: string): boolean {
  return line.includes(" asm ") && ASM.test(line);
}

/** Splits at top-level commas. */
export function splitArgs(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    if (quoted) continue;
    if (c === "(" || c === "{" || c === "[" || c === "<") depth++;
    else if (c === ")" || c === "}" || c === "]" || c === ">") depth--;
    else if (c === "," && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  const last = text.slice(start).trim();
  if (last !== "") parts.push(last);
  return parts;
}

/** Index of the parenthesis that closes the one at `open`. */
export function closingParen(text: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    if (quoted) continue;
    if (c === "(") depth++;
    else if (c === ")" && --depth === 0) return i;
  }
  return -1;
}

/** Parameter attributes that may stand between a type and a value. */
const ATTRIBUTE =
  /^(?:noundef|nonnull|nocapture|readonly|writeonly|readnone|returned|noalias|zeroext|signext|inreg|immarg|writable|dead_on_unwind|dereferenceable(?:_or_null)?\(\d+\)|align \d+|range\([^)]*\))\s+/;

/** Reads "ptr nonnull elementtype(i32) %x" and the like. */
export function parseArg(text: string): AsmArg {
  const space = text.startsWith("{") || text.startsWith("[") ? text.search(/[}\]] /) + 1 : text.indexOf(" ");
  const type = text.slice(0, space);
  let rest = text.slice(space + 1).trimStart();
  let elementType: string | null = null;
  for (;;) {
    const attribute = ATTRIBUTE.exec(rest);
    if (attribute !== null) {
      rest = rest.slice(attribute[0].length);
      continue;
    }
    if (!rest.startsWith("elementtype(")) break;
    const close = closingParen(rest, "elementtype".length);
    elementType = rest.slice("elementtype(".length, close);
    rest = rest.slice(close + 1).trimStart();
  }
  return { type, elementType, value: rest };
}

function resultTypes(type: string): string[] {
  if (type === "void") return [];
  return type.startsWith("{") ? splitArgs(type.slice(1, -1)) : [type];
}

/** Parses a call or callbr; for a callbr `next` is the line with its labels. Null where the line is of another shape. */
export function parseAsmCall(line: string, next: string): AsmCall | null {
  const asm = ASM.exec(line);
  const head = asm === null ? null : HEAD.exec(line.slice(0, asm.index));
  if (asm === null || head === null) return null;
  const open = asm.index + asm[0].length - 1;
  const args = splitArgs(line.slice(open + 1, closingParen(line, open))).map(parseArg);
  // Return attributes (zeroext, range(...)) precede the type.
  const type = head[3]!.replace(/^(?:(?:zeroext|signext|noundef|range\([^)]*\)) )*/, "").trim();
  const results = resultTypes(type);
  const operands: AsmOperand[] = [];
  let argument = 0;
  let result = 0;
  for (const constraint of asm[2]!.split(",")) {
    if (constraint.startsWith("~") || constraint.startsWith("!")) continue;
    const direct = constraint.startsWith("=") && !constraint.startsWith("=*") && !constraint.startsWith("=&*");
    operands.push({ constraint, arg: direct ? null : (args[argument++] ?? null), result: direct ? result++ : -1 });
  }
  let labels: string[] = [];
  if (head[2] === "callbr") {
    const match = /to label (%[-\w$.]+|%"[^"]*") \[(.*)\]/.exec(next);
    if (match === null) return null;
    labels = [match[1]!, ...splitArgs(match[2]!).map((l) => l.replace(/^label /, ""))];
  }
  return { name: head[1] ?? null, type, results, template: asm[1]!, constraints: asm[2]!, operands, args, labels };
}
