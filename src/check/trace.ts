// SPDX-License-Identifier: MIT
/**
 * A trace: what to run where, as data. Its token is one line that survives a shell unquoted:
 * `cbit1/KERNEL/POLICY/MACHINE/DEVICE/WORKLOAD/STEP,STEP,...`, a step `op[:alias][:key=number]...`.
 */

import { CbitError, EXIT, InternalError, nearest } from "../base/index.ts";
import { type ArgumentSpec, CPU_ALIASES, type CpuAlias, type Operation, OPERATIONS } from "../kernel/index.ts";
import { tokenOf } from "./agents.ts";

/** What to run where, as data; `formatToken` writes it on one line. */
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

/** True where a policy is a module of the user's own: what has a slash or ends in .js, .mjs or .cjs. */
export function isPolicyFile(policy: string): boolean {
  return policy.includes("/") || /\.[cm]?js$/.test(policy);
}

/** The words that explain a trace behind "cbit explain": a module is named besides, because nothing that a token names is loaded as code. */
export function explainWords(trace: Trace): string[] {
  return [formatToken(trace), ...(trace.policy !== null && isPolicyFile(trace.policy) ? ["--policy", trace.policy] : [])];
}

const VERSION = "cbit1";
const FIELDS = ["kernel", "policy", "machine", "device", "workload", "steps"] as const;
const NO_POLICY = "-";
/** The steps of a trace that ends before the first one. */
const NO_STEPS = "-";

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

/** The token of a writer: through `alias` where the CPU writes. */
function tokenOfWriter(op: Operation["op"], given: Readonly<Record<string, unknown>>): number {
  const agent = op === "cpu_write" ? (given["alias"] as CpuAlias) : op === "dev_write" ? "device" : "host";
  return tokenOf(agent, given["buf"] as number);
}

/** The token that an operation writes unless it names another; null for operations that write none. */
export function usualToken(operation: Operation): number | null {
  return "value" in operation ? tokenOfWriter(operation.op, { ...operation }) : null;
}

/** The usual value of an argument. */
function usualValue(op: Operation["op"], spec: ArgumentSpec, given: Readonly<Record<string, unknown>>): unknown {
  return spec.type === "value" ? tokenOfWriter(op, given) : spec.default;
}

/** One step as the token has it: "bo_create", "cpu_write:vmap", "dev_read:page=1". */
export function formatStep(operation: Operation): string {
  const given = operation as unknown as Record<string, unknown>;
  let text: string = operation.op;
  if ("alias" in operation) text += `:${operation.alias}`;
  for (const spec of OPERATIONS[operation.op].arguments) {
    const value = given[spec.name];
    if (spec.name !== "alias" && value !== undefined && value !== usualValue(operation.op, spec, given)) text += spec.type === "flag" ? `:${spec.name}` : `:${spec.name}=${String(value)}`;
  }
  return text;
}

function parseValue(spec: ArgumentSpec, value: string | undefined, where: string): string | number | boolean {
  switch (spec.type) {
    case "flag":
      if (value === undefined) return true;
      throw bad(`${where}: "${spec.name}" stands alone, without a value`);
    case "word":
      if (value !== undefined && spec.words!.includes(value)) return value;
      throw bad(`${where}: "${spec.name}" must be one of ${spec.words!.join(", ")}, as in "${spec.name}=${spec.words![0]}"`);
    default:
      if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
      throw bad(`${where}: "${spec.name}" must be a number, as in "${spec.name}=1"`);
  }
}

/** The operation that a step of a token stands for. @param number counts from 1, for the error message */
export function parseStep(text: string, number: number): Operation {
  const where = `step ${number} ("${text}")`;
  const [op, ...parts] = text.split(":") as [string, ...string[]];
  if (!Object.hasOwn(OPERATIONS, op)) throw bad(`${where}: unknown operation "${op}"; did you mean ${nearest(op, Object.keys(OPERATIONS), 2).join(" or ")}?`);
  const known = op as Operation["op"];
  const specs = OPERATIONS[known].arguments;
  const operation: Record<string, unknown> = { op };
  if (specs.some((s) => s.name === "alias")) {
    const alias = parts.shift();
    if (alias === undefined || !CPU_ALIASES.includes(alias as CpuAlias)) throw bad(`${where}: ${op} needs a mapping, one of ${CPU_ALIASES.join(", ")}: "${op}:vmap"`);
    operation["alias"] = alias;
  }
  for (const part of parts) {
    const [key, value] = part.split(/=(.*)/s) as [string, string | undefined];
    const spec = specs.find((s) => s.name === key && key !== "alias");
    if (spec === undefined) {
      const names = specs.map((s) => s.name).filter((n) => n !== "alias");
      throw bad(`${where}: ${op} has no argument "${key}"; it takes ${names.length === 0 ? "none" : names.join(", ")}`);
    }
    if (Object.hasOwn(operation, key)) throw bad(`${where}: "${key}" is given twice`);
    operation[key] = parseValue(spec, value, where);
  }
  for (const spec of specs) {
    if (Object.hasOwn(operation, spec.name) || spec.optional) continue;
    const usual = usualValue(known, spec, { buf: 0, ...operation });
    if (usual === null) throw bad(`${where}: ${op} needs "${spec.name}="`);
    operation[spec.name] = usual;
  }
  return operation as unknown as Operation;
}

/** The trace on one line. */
export function formatToken(trace: Trace): string {
  if (trace.policy === NO_POLICY) throw new InternalError("trace: a policy must not be called -");
  const fields = [trace.kernel, trace.policy ?? NO_POLICY, trace.machine, trace.device, trace.workload].map(encodeField);
  return [VERSION, ...fields, trace.operations.length === 0 ? NO_STEPS : trace.operations.map(formatStep).join(",")].join("/");
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
  const steps = fields[fields.length - 1]!;
  const operations = steps === NO_STEPS ? [] : steps.split(",").map((s, i) => parseStep(s, i + 1));
  return { kernel, policy: policy === NO_POLICY ? null : policy, machine, device, workload, operations };
}
