// SPDX-License-Identifier: MIT
/** Machines from files (cbit.machine/1): what `--machine NAME,OPTION=VALUE,...` says, in a file. */

import type { Configuration } from "../../kernel/index.ts";
import { PLATFORMS } from "../../machine/index.ts";
import { configurationOf, MACHINE_OPTIONS, type MachineOption, type MachineSettings } from "../machine-options.ts";
import { platformNamed } from "../machines.ts";
import { type Field, objectSchema, readFields, type Values } from "./fields.ts";
import { JsonFile } from "./json-file.ts";
import { fileName } from "./names.ts";

export const MACHINE_SCHEMA = "cbit.machine/1";

function optionField(option: MachineOption): Field {
  const { field: name, words } = option;
  const title = `${option.title}${option.usual === null ? "" : `; ${String(option.usual)} where it is left out`}`;
  if (words === null) return { name, type: "integer", from: option.from, to: option.to, title };
  return words.includes(true) ? { name, type: "boolean", title } : { name, type: "words", words: words as readonly (string | number)[], title };
}

/** All fields of a machine file. */
export const MACHINE_FIELDS: readonly Field[] = [
  { name: "$schema", type: "text", longest: 500, title: "where editors find this schema" },
  { name: "schema", type: "words", words: [MACHINE_SCHEMA], required: true, title: "the version of this format" },
  { name: "name", type: "text", longest: 80, title: "what people call the machine; cbit calls it by its file" },
  { name: "platform", type: "words", words: PLATFORMS.map((p) => p.name), required: true, title: "a machine of `cbit list machines`" },
  { name: "options", type: "object", fields: MACHINE_OPTIONS.map(optionField), title: "as behind the commas of --machine" },
];

const HINT = "`cbit list machines --schema` prints the fields; docs/reference/machines.md explains them.";

/**
 * The configuration that a machine file describes. Its name is the file's path.
 * @param path as the user gave it
 * @throws CbitError (CBIT-131 to CBIT-133) that names line and column
 */
export function readMachineFile(path: string, text: string): Configuration {
  const file = new JsonFile(path, text, HINT);
  const values = readFields(file, MACHINE_FIELDS, file.root);
  const platform = platformNamed(values["platform"] as string);
  const options = (values["options"] ?? {}) as Values;
  const settings: MachineSettings = {};
  for (const option of MACHINE_OPTIONS) {
    if (!Object.hasOwn(options, option.field)) continue;
    const without = option.without(platform);
    if (without !== null) throw file.error("CBIT-133", file.root, `options.${option.field}: ${platform.name} has none: ${without}`);
    Object.assign(settings, { [option.setting]: options[option.field] });
  }
  const iommu = settings.iommu ?? platform.defaultIommu;
  if (iommu === null) throw file.error("CBIT-133", file.root, `options.iommu is missing: ${platform.name} has no usual mode, since it decides the answer`);
  return { ...configurationOf(platform, { ...settings, iommu }), name: fileName(path) };
}

/** What the platform decides about the options, as the schema says it: another platform, or these options. */
function platformRules(): Record<string, unknown>[] {
  const unless = (platforms: readonly string[], rule: Record<string, unknown>): Record<string, unknown> => ({ anyOf: [{ properties: { platform: { not: { enum: platforms } } } }, rule] });
  const unnamed = PLATFORMS.filter((p) => p.defaultIommu === null).map((p) => p.name);
  const rules = [unless(unnamed, { properties: { options: { required: ["iommu"] } }, required: ["options"] })];
  for (const option of MACHINE_OPTIONS) {
    const without = PLATFORMS.filter((p) => option.without(p) !== null).map((p) => p.name);
    if (without.length > 0) rules.push(unless(without, { properties: { options: { properties: { [option.field]: false } } } }));
  }
  return rules;
}

/** The published schema. */
export function machineSchema(): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A machine for cbit --machine FILE",
    ...objectSchema(MACHINE_FIELDS),
    allOf: platformRules(),
  };
}
