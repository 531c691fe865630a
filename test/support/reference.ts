// SPDX-License-Identifier: MIT
/** The tables of docs/reference/devices.md, machines.md and library.md, from the sources. */

import { deviceReads, type DriverProfile } from "../../src/kernel/index.ts";
import { DRIVERS } from "../../src/linux/index.ts";
import { PLATFORMS, type Platform } from "../../src/machine/index.ts";
import { deviceFields, MACHINE_FIELDS, MACHINE_OPTIONS, spelled } from "../../src/scenarios/index.ts";
import { expected, type Field } from "../../src/scenarios/files/fields.ts";
import { type PublicName, publicNames } from "./public-names.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

const code = (text: string | number | boolean): string => `\`${text}\``;

function masks(d: DriverProfile): string {
  return d.dmaMaskBits === d.coherentMaskBits ? String(d.dmaMaskBits) : `${d.dmaMaskBits}, coherent ${d.coherentMaskBits}`;
}

function whoMaps(d: DriverProfile): string {
  if (!deviceReads(d)) return "nobody: no DMA";
  if (d.ownMapping === "always") return d.skipCpuSync ? "driver, SKIP_CPU_SYNC" : "driver";
  return d.ownMapping === "never" ? "TTM's pool" : "TTM's pool with use_dma_alloc, else driver";
}

const deviceTable = (): string =>
  table(
    ["name", "bits of the masks", "`use_dma_alloc`", "`use_dma32`", "who maps", "caching", "VRAM", "besides"],
    DRIVERS.map((d) => [
      code(d.name),
      masks(d),
      d.useDmaAlloc,
      d.useDma32,
      whoMaps(d),
      d.caching ?? "cached",
      d.vram === true ? (d.vramCaching ?? "wc") : "-",
      [...(d.ownSync === true ? ["syncs by itself"] : []), ...(d.refuses === undefined ? [] : [`probe fails with ${d.refuses.when}`])].join(", ") || "-",
    ]),
  );

const deviceSources = (): string => DRIVERS.map((d) => `- ${code(d.name)}: ${d.title}\n${[...d.refs, ...[d.refuses, d.cannotWork].flatMap((r) => (r === undefined ? [] : [`${r.ref}: ${r.reason}`]))].map((r) => `  - ${r}`).join("\n")}`).join("\n");

function fieldRows(fields: readonly Field[], path = ""): string[][] {
  return fields.flatMap((f) => [
    [code(`${path}${f.name}`), f.name === "like" || f.name === "platform" ? "a name from the list" : expected(f), f.required === true ? `${f.title}; required` : f.title],
    ...(f.type === "object" ? fieldRows(f.fields, `${f.name}.`) : []),
  ]);
}

const fieldTable = (fields: readonly Field[]): string => table(["field", "takes", "what it is"], fieldRows(fields));

function bit(p: Platform): string {
  if (p.cBit < 0) return "-";
  return p.setMeansShared ? `${p.cBit}, set means shared` : String(p.cBit);
}

const machineTable = (): string =>
  table(
    ["name", "what it is", "attribute bit", "iommu=", "where none is given"],
    PLATFORMS.map((p) => [code(p.name), p.title, bit(p), p.iommuModes.join(", "), p.defaultIommu ?? "all of them"]),
  );

const optionTable = (): string =>
  table(
    ["option", "values", "where it is left out", "what it is"],
    MACHINE_OPTIONS.map((o) => [
      code(`${o.name}=`),
      o.words === null ? `${o.from} to ${o.to}` : o.words.map(spelled).join(", "),
      o.name === "iommu" ? "see above" : o.usual === null ? "the kernel's own" : spelled(o.usual),
      o.title,
    ]),
  );

/** Tables by the page that they stand in, and by name. */
/** The names of an entry of the package: functions and values with their types, types with what they are. */
function namesTable(entry: string, kinds: readonly PublicName["kind"][]): string {
  const names = publicNames(entry).filter((n) => kinds.includes(n.kind));
  return kinds.includes("type")
    ? table(["name", "what it is", "declared in"], names.map((n) => [code(n.name), n.doc, code(n.file)]))
    : names.map((n) => `- \`${n.name}${n.kind === "function" ? n.signature : `: ${n.signature}`}\`\n  ${n.doc}`).join("\n");
}

export const REFERENCE: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  "docs/reference/devices.md": { devices: deviceTable, sources: deviceSources, fields: () => fieldTable(deviceFields(DRIVERS)) },
  "docs/reference/library.md": {
    names: () => namesTable("src/api/index.ts", ["function", "value"]),
    types: () => namesTable("src/api/index.ts", ["type"]),
    tree: () => namesTable("src/cli/node-library.ts", ["function", "value"]),
    options: () => namesTable("src/cli/node-library.ts", ["type"]),
  },
  "docs/reference/machines.md": { machines: machineTable, options: optionTable, fields: () => fieldTable(MACHINE_FIELDS) },
};

/** The page with its tables as they should be. @throws where a table has no place in it */
export function withTables(page: string, tables: Readonly<Record<string, () => string>>): string {
  return Object.entries(tables).reduce((text, [name, make]) => {
    const place = new RegExp(`(<!-- ${name}: npm run [-\\w]+ -->\n)[^]*?(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`no place for the table "${name}"`);
    return text.replace(place, (_all, begin: string, end: string) => `${begin}\n${make()}\n\n${end}`);
  }, page);
}
