// SPDX-License-Identifier: MIT
/** Runs the built command line as a child process. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = fileURLToPath(new URL("../../bin/cbit.js", import.meta.url));

export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `cbit` with arguments, given as one string (split at blanks) or as a list. */
export function cbit(args: string | readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  if (!existsSync(fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url)))) throw new Error("dist is missing: npm run build");
  const list = typeof args === "string" ? args.split(" ").filter((a) => a !== "") : args;
  const { NO_COLOR: _n, FORCE_COLOR: _f, COLUMNS: _c, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...list], { cwd: ROOT, encoding: "utf8", env: { ...inherited, ...env }, maxBuffer: 1 << 26 });
  return { exit: status, out: stdout, err: stderr };
}

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });

/** The validator of a published schema, "cbit.check/1". */
export function schemaOf(name: string): ValidateFunction {
  const file = new URL(`../../docs/schemas/${name.replace("/", "-")}.json`, import.meta.url);
  return ajv.getSchema(name) ?? ajv.addSchema(JSON.parse(readFileSync(file, "utf8")) as object, name).getSchema(name)!;
}

/** Parses JSON output and checks it against the schema that it names. */
export function parsed<T>(out: string): T {
  const value: unknown = JSON.parse(out);
  const { schema } = value as { readonly schema: string };
  const validate = schemaOf(schema);
  if (!validate(value)) throw new Error(`${schema}: ${ajv.errorsText(validate.errors)}`);
  return value as T;
}
