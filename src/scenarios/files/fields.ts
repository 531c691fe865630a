// SPDX-License-Identifier: MIT
/** Fields of the files that users write, as tables: the reader and the published JSON schema both follow them. */

import type { Node } from "jsonc-parser";
import { nearest } from "../../base/index.ts";
import type { JsonFile } from "./json-file.ts";

interface FieldBase {
  readonly name: string;
  readonly title: string;
  readonly required?: boolean;
}

export type Field = FieldBase &
  (
    | { readonly type: "integer"; readonly from: number; readonly to: number; readonly multipleOf?: number }
    | { readonly type: "boolean" }
    | { readonly type: "text"; readonly longest: number }
    | { readonly type: "texts"; readonly most: number; readonly longest: number }
    /** One of some words or numbers. */
    | { readonly type: "words"; readonly words: readonly (string | number)[] }
    | { readonly type: "object"; readonly fields: readonly Field[] }
  );

/** A value that was read. */
export type Value = string | number | boolean | readonly string[] | Values;
export interface Values {
  readonly [name: string]: Value;
}

/** What a field takes, in words. */
export function expected(field: Field): string {
  switch (field.type) {
    case "integer":
      return `a whole number from ${field.from} to ${field.to}${field.multipleOf === undefined ? "" : `, a multiple of ${field.multipleOf}`}`;
    case "boolean":
      return "true or false";
    case "text":
      return `a text of 1 to ${field.longest} characters, without line breaks`;
    case "texts":
      return `a list of up to ${field.most} texts of 1 to ${field.longest} characters`;
    case "words":
      return `one of ${field.words.map((w) => JSON.stringify(w)).join(", ")}`;
    case "object":
      return "an object, {...}";
  }
}

/** Printable, and not empty. The same expression is in the schema. */
const TEXT = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

const isText = (value: unknown, longest: number): value is string => typeof value === "string" && [...value].length <= longest && TEXT.test(value);

function isInteger(field: Field & { readonly type: "integer" }, value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= field.from && value <= field.to && value % (field.multipleOf ?? 1) === 0;
}

/** What a node stands for; undefined where the field does not take it. */
function valueOf(file: JsonFile, field: Field, node: Node, path: string): Value | undefined {
  const value: unknown = node.value;
  switch (field.type) {
    case "integer":
      return isInteger(field, value) ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "text":
      return isText(value, field.longest) ? value : undefined;
    case "texts": {
      if (node.type !== "array") return undefined;
      const texts = (node.children ?? []).map((c): unknown => c.value);
      return texts.length <= field.most && texts.every((t) => isText(t, field.longest)) ? (texts as string[]) : undefined;
    }
    case "words":
      return field.words.find((w) => w === value);
    case "object":
      return readFields(file, field.fields, node, path);
  }
}

/**
 * Reads an object by its table. @param path of the object in the file, "" for the file itself
 * @throws CbitError (CBIT-132) that names place, field and what it takes
 */
export function readFields(file: JsonFile, fields: readonly Field[], node: Node, path = ""): Values {
  const within = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const members = file.members(node, path);
  const values: [string, Value][] = [];
  for (const [name, { key, value }] of members) {
    const field = fields.find((f) => f.name === name);
    if (field === undefined) {
      const names = nearest(name, fields.map((f) => f.name), 2).join(" or ");
      throw file.error("CBIT-132", key, `${within(file.shown(key).slice(1, -1))}: there is no such field; did you mean ${names}?`);
    }
    const read = valueOf(file, field, value, within(name));
    if (read === undefined) throw file.error("CBIT-132", value, `${within(name)} must be ${expected(field)}, not ${file.shown(value)}`);
    values.push([name, read]);
  }
  const missing = fields.find((f) => f.required === true && !members.has(f.name));
  if (missing !== undefined) throw file.error("CBIT-132", node, `${within(missing.name)} is missing: ${expected(missing)}`);
  return Object.fromEntries(values);
}

function fieldSchema(field: Field): Record<string, unknown> {
  const description = field.title;
  switch (field.type) {
    case "integer":
      return { description, type: "integer", minimum: field.from, maximum: field.to, ...(field.multipleOf === undefined ? {} : { multipleOf: field.multipleOf }) };
    case "boolean":
      return { description, type: "boolean" };
    case "text":
      return { description, type: "string", maxLength: field.longest, pattern: TEXT.source };
    case "texts":
      return { description, type: "array", maxItems: field.most, items: { type: "string", maxLength: field.longest, pattern: TEXT.source } };
    case "words":
      return field.words.length === 1 ? { description, const: field.words[0] } : { description, enum: field.words };
    case "object":
      return { description, ...objectSchema(field.fields) };
  }
}

/** The JSON schema (draft 2020-12) of an object with these fields. */
export function objectSchema(fields: readonly Field[]): Record<string, unknown> {
  const required = fields.filter((f) => f.required === true).map((f) => f.name);
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((f) => [f.name, fieldSchema(f)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
