// SPDX-License-Identifier: MIT
/**
 * A trace: what to run where, as data. Its token is one line that survives a shell unquoted:
 * `cbit1/KERNEL/POLICY/MACHINE/DEVICE/WORKLOAD/STEP,STEP,...`, a step `op[:alias][:key=number]...`.
 */

import { CbitError, EXIT, InternalError, nearest } from "../base/index.ts";
import type { CpuAlias, Operation } from "../kernel/index.ts";
import { tokenOf } from "./agents.ts";

export interface Trace {
  /** "model:6.12" or "tree:PATH". */
  readonly kernel: string;
  /** Null where the kernel's own code decides. */
  readonly policy: string | null;
  readonly machine: string;
  readonly device: string;
  readonly workload: string;
  readonly operations: readonly Operation[];
}

const VERSION = "cbit1";
const FIELDS = ["kernel", "policy", "machine", "device", "workload", "steps"] as const;
const NO_POLICY = "-";
const ALIASES: readonly CpuAlias[] = ["linear", "kmap", "vmap", "user"];

/** Which arguments each operation takes, in the order of the token, with the value that the token leaves out. */
const ARGUMENTS: Readonly<Record<Operation["op"], Readonly<Partial<Record<"buf" | "page" | "pages" | "value", number>>>>> = {
  bo_create: { buf: 0, pages: 2 },
  bo_populate: { buf: 0 },
  bo_kmap: { buf: 0, page: 0 },
  bo_kunmap: { buf: 0 },
  bo_vmap: { buf: 0 },
  bo_vunmap: { buf: 0 },
  bo_fault: { buf: 0, page: 0 },
  bo_destroy: { buf: 0 },
  cpu_write: { buf: 0, page: 0, value: 0 },
  cpu_read: { buf: 0, page: 0 },
  dev_write: { buf: 0, page: 0, value: tokenOf("device") },
  dev_read: { buf: 0, page: 0 },
};

const hasAlias = (op: Operation["op"]): boolean => op === "cpu_write" || op === "cpu_read";

function bad(message: string): CbitError {
  return new CbitError({
    code: "CBIT-120",
    exit: EXIT.usage,
    message,
    hint: "A token is one word, as `cbit check` and `cbit explain` print it after \"replay\".",
  });
}

/** Percent-encodes all but what neither the shell nor the token's own grammar minds. */
function encodeField(text: string): string {
  const hexed = (c: string): string => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/%(?:3A|2C|3D|40|2B)/g, decodeURIComponent)
    .replace(/[!~*'()]/g, hexed);
}

function decodeField(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad(`the token's ${what} "${text}" has a "%" that does not begin a byte`);
  }
}

/** One step as the token has it: "bo_create", "cpu_write:vmap", "dev_read:page=1". */
export function formatStep(operation: Operation): string {
  const defaults = ARGUMENTS[operation.op];
  let text: string = operation.op;
  const usual: Record<string, number> = { ...defaults };
  if (operation.op === "cpu_write" || operation.op === "cpu_read") {
    text += `:${operation.alias}`;
    usual["value"] = tokenOf(operation.alias);
  }
  const given = operation as unknown as Record<string, number>;
  for (const key of Object.keys(defaults)) if (given[key] !== usual[key]) text += `:${key}=${given[key]}`;
  return text;
}

/** The operation that a step of a token stands for. @param number counts from 1, for the error message */
export function parseStep(text: string, number: number): Operation {
  const where = `step ${number} ("${text}")`;
  const [op, ...parts] = text.split(":") as [string, ...string[]];
  if (!Object.hasOwn(ARGUMENTS, op)) throw bad(`${where}: unknown operation "${op}"; did you mean ${nearest(op, Object.keys(ARGUMENTS), 2).join(" or ")}?`);
  const known = op as Operation["op"];
  const operation: Record<string, string | number> = { op, ...ARGUMENTS[known] };
  if (hasAlias(known)) {
    const alias = parts.shift();
    if (alias === undefined || !ALIASES.includes(alias as CpuAlias)) throw bad(`${where}: ${op} needs a mapping, one of ${ALIASES.join(", ")}: "${op}:vmap"`);
    operation["alias"] = alias;
    if (known === "cpu_write") operation["value"] = tokenOf(alias as CpuAlias);
  }
  const seen = new Set<string>();
  for (const part of parts) {
    const [key, value] = part.split(/=(.*)/s) as [string, string | undefined];
    if (!Object.hasOwn(ARGUMENTS[known], key)) throw bad(`${where}: ${op} has no argument "${key}"; it takes ${Object.keys(ARGUMENTS[known]).join(", ")}`);
    if (value === undefined || !/^\d{1,9}$/.test(value)) throw bad(`${where}: "${key}" must be a number, as in "${key}=1"`);
    if (seen.has(key)) throw bad(`${where}: "${key}" is given twice`);
    seen.add(key);
    operation[key] = Number(value);
  }
  return operation as unknown as Operation;
}

/** The trace on one line. */
export function formatToken(trace: Trace): string {
  if (trace.policy === NO_POLICY) throw new InternalError("trace: a policy must not be called -");
  const fields = [trace.kernel, trace.policy ?? NO_POLICY, trace.machine, trace.device, trace.workload].map(encodeField);
  return [VERSION, ...fields, trace.operations.map(formatStep).join(",")].join("/");
}

/** True where a text is meant as a token (and not as a finding's id). */
export function looksLikeToken(text: string): boolean {
  return /^cbit\d+\//.test(text);
}

/** Reads a token. @throws CbitError (CBIT-120) that says what is wrong, and at which step */
export function parseToken(token: string): Trace {
  const [version, ...fields] = token.split("/");
  if (version !== VERSION) throw bad(`the token is of version "${version}"; this cbit reads ${VERSION}`);
  if (fields.length !== FIELDS.length) {
    throw bad(`the token has ${fields.length} parts behind "${VERSION}/", not ${FIELDS.length} (${FIELDS.join("/")})`);
  }
  const empty = fields.indexOf("");
  if (empty >= 0) throw bad(`the token's part "${FIELDS[empty]}" is empty`);
  const [kernel, policy, machine, device, workload] = fields.slice(0, -1).map((f, i) => decodeField(f, FIELDS[i]!)) as [string, string, string, string, string];
  const operations = fields[fields.length - 1]!.split(",").map((s, i) => parseStep(s, i + 1));
  return { kernel, policy: policy === NO_POLICY ? null : policy, machine, device, workload, operations };
}
