// SPDX-License-Identifier: MIT
/** SARIF logs in tests: valid against the OASIS schema, within what GitHub takes. */

import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { default as addFormats } from "ajv-formats";

const FILE = new URL("../fixtures/sarif/sarif-schema-2.1.0.json", import.meta.url);

// The schema is of draft 4, which ajv does not read; what it uses of it means the same in draft 7, where "id" is "$id".
const { id, $schema: _draft4, ...schema } = JSON.parse(readFileSync(FILE, "utf8")) as { readonly id: string; readonly $schema: string };
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
(addFormats as unknown as (ajv: Ajv) => void)(ajv);
const validate = ajv.compile({ ...schema, $id: id, $schema: "http://json-schema.org/draft-07/schema#" });

export interface SarifLocation {
  readonly physicalLocation?: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }; readonly region: { readonly startLine: number } };
  readonly message?: { readonly text: string };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly baselineState?: string;
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly relatedLocations?: readonly SarifLocation[];
  readonly codeFlows?: readonly { readonly threadFlows: readonly { readonly locations: readonly { readonly location: SarifLocation; readonly nestingLevel: number }[] }[] }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: { readonly finding: string; readonly explain: string; readonly replay: string; readonly cases: readonly { readonly finding: string; readonly replay: string }[]; readonly runs: readonly object[] };
}

export interface SarifRun {
  readonly tool: { readonly driver: { readonly version: string; readonly rules: readonly { readonly id: string; readonly help: { readonly text: string; readonly markdown: string }; readonly helpUri?: string; readonly defaultConfiguration: { readonly level: string } }[] } };
  readonly automationDetails: { readonly id: string };
  readonly invocations: readonly { readonly exitCode: number; readonly commandLine: string; readonly toolExecutionNotifications?: readonly { readonly message: { readonly text: string } }[] }[];
  readonly originalUriBaseIds: Readonly<Record<string, { readonly uri?: string }>>;
  readonly versionControlProvenance?: readonly { readonly repositoryUri: string; readonly revisionId: string; readonly properties: { readonly dirty: boolean } }[];
  readonly results: readonly SarifResult[];
}

/** The one run of a log. @throws where the log is not valid, or more than GitHub takes */
export function sarifRun(out: string): SarifRun {
  const log = JSON.parse(out) as { readonly runs: readonly SarifRun[] };
  if (!validate(log)) throw new Error(`SARIF: ${ajv.errorsText(validate.errors)}`);
  const [run] = log.runs as [SarifRun];
  if (out.length > 10 * 2 ** 20) throw new Error(`SARIF: ${out.length} bytes`);
  if (run.results.length > 25_000) throw new Error(`SARIF: ${run.results.length} results`);
  for (const result of run.results) {
    if (run.tool.driver.rules[result.ruleIndex]?.id !== result.ruleId) throw new Error(`SARIF: ruleIndex of ${result.ruleId}`);
    const flow = result.codeFlows?.flatMap((f) => f.threadFlows.flatMap((t) => t.locations)) ?? [];
    if (flow.length > 10_000) throw new Error(`SARIF: ${flow.length} locations of a flow`);
    // "expected a physical location" is what an upload says of one without.
    for (const location of [...result.locations, ...(result.relatedLocations ?? []), ...flow.map((l) => l.location)]) {
      if (location.physicalLocation === undefined) throw new Error(`SARIF: ${result.ruleId}: a location without a file: ${location.message?.text ?? ""}`);
    }
    if (result.locations.length === 0) throw new Error(`SARIF: ${result.ruleId}: no location`);
  }
  return run;
}
