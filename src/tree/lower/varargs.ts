// SPDX-License-Identifier: MIT
/**
 * Variable arguments. clang lowers va_arg before the IR is written: on x86-64 it reads `struct __va_list_tag` and 8-byte
 * slots (System V ABI, sec. 3.5.7), on arm64 `struct __va_list` and the same slots (AAPCS64, appendix B). On wasm the
 * caller stores the arguments one after the other in memory and passes the address. So callers widen what is narrower
 * than a slot, and va_start builds a structure whose registers are all used up and whose stack is that memory.
 */

import { closingParen, parseArg, splitArgs } from "./asm-call.ts";

const CALL = /^(\s*(?:%[-\w$.]+ = )?(?:tail |notail )?call [^(@%]*)\(([^()]*), \.\.\.\) (@[-\w$.]+|%[-\w$.]+)\(/;

export type VariableArguments = "system-v" | "aapcs64";

/** Sizes of the tag's register save areas: an offset at the end means that no register is left. */
const GP_END = 48;
const FP_END = 176;

/** Rewrites a call with variable arguments; null where the line is not one that needs it. */
export function widenVariableArguments(line: string, prefix: string): string[] | null {
  const call = CALL.exec(line);
  if (call === null) return null;
  const open = call[0].length - 1;
  const close = closingParen(line, open);
  const fixed = splitArgs(call[2]!).length;
  const out: string[] = [];
  const args = splitArgs(line.slice(open + 1, close)).map((text, i) => {
    if (i < fixed || !/^i(?:1|8|16|32) /.test(text)) return text;
    const { type, value } = parseArg(text);
    if (/^(?:-?\d+|undef|poison)$/.test(value)) return `i64 ${value}`;
    if (value === "true" || value === "false") return `i64 ${value === "true" ? 1 : 0}`;
    out.push(`  %${prefix}.v${i} = zext ${type} ${value} to i64`);
    return `i64 %${prefix}.v${i}`;
  });
  out.push(`${line.slice(0, open + 1)}${args.join(", ")}${line.slice(close).replace(/\) #\d+/, ")")}`);
  return out;
}

/** LLVM before 19 does not name the pointer's address space. */
const START = /call void (@llvm\.va_start(?:\.p0)?)\(ptr (?:nonnull |noundef )*(%[-\w$.]+)\)/;
const COPY = /call void @llvm\.va_copy(?:\.p0)?\(ptr (?:nonnull |noundef )*(%[-\w$.]+), ptr (?:nonnull |noundef )*(%[-\w$.]+)\)/;

/** Rewrites va_start and va_copy; null where the line is neither. */
export function lowerVaList(line: string, prefix: string, abi: VariableArguments): string[] | null {
  const start = START.exec(line);
  if (start !== null) {
    const intrinsic = start[1]!;
    const tag = start[2]!;
    const p = `%${prefix}`;
    return [
      `  ${p}.cell = alloca ptr, align 8`,
      `  call void ${intrinsic}(ptr ${p}.cell)`,
      `  ${p}.area = load ptr, ptr ${p}.cell`,
      ...(abi === "aapcs64" ? startAapcs64(tag, p) : startSystemV(tag, p)),
    ];
  }
  const copy = COPY.exec(line);
  if (copy === null) return null;
  return (abi === "aapcs64" ? [0, 8, 16, 24] : [0, 8, 16]).flatMap((at) => [
    `  %${prefix}.from${at} = getelementptr i8, ptr ${copy[2]}, i64 ${at}`,
    `  %${prefix}.word${at} = load i64, ptr %${prefix}.from${at}`,
    `  %${prefix}.to${at} = getelementptr i8, ptr ${copy[1]}, i64 ${at}`,
    `  store i64 %${prefix}.word${at}, ptr %${prefix}.to${at}`,
  ]);
}

/** __gr_offs and __vr_offs are not negative: no register is left. */
function startAapcs64(list: string, p: string): string[] {
  return [
    `  store ptr ${p}.area, ptr ${list}`,
    `  ${p}.offsets = getelementptr i8, ptr ${list}, i64 24`,
    `  store i64 0, ptr ${p}.offsets`,
  ];
}

function startSystemV(tag: string, p: string): string[] {
  return [
    `  store i32 ${GP_END}, ptr ${tag}`,
    `  ${p}.fp = getelementptr i8, ptr ${tag}, i64 4`,
    `  store i32 ${FP_END}, ptr ${p}.fp`,
    `  ${p}.overflow = getelementptr i8, ptr ${tag}, i64 8`,
    `  store ptr ${p}.area, ptr ${p}.overflow`,
    `  ${p}.save = getelementptr i8, ptr ${tag}, i64 16`,
    `  store ptr null, ptr ${p}.save`,
  ];
}
