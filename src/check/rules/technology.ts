// SPDX-License-Identifier: MIT
/** Which technology's rules a machine follows: reasons differ between them, sentences of one kind are tables over them. */

import type { Platform } from "../../machine/index.ts";
import type { Reason, StepFacts } from "./rule.ts";

export type Technology = "none" | "sme" | "sev" | "snp" | "vtom" | "tdx" | "cca";

/** The technology of a platform. SEV-ES is SEV with an encrypted register state. */
export function technologyOf({ encryption, sevFeatures }: Platform): Technology {
  if (encryption !== "sev") return encryption;
  if (sevFeatures.includes("vtom")) return "vtom";
  return sevFeatures.includes("snp") ? "snp" : "sev";
}

/** The reason that holds on the machine of a step. */
export function reasonFor(table: Readonly<Record<Technology, Reason>>, { configuration }: StepFacts): Reason {
  return table[technologyOf(configuration.platform)];
}

/** What holds where nothing is encrypted. */
export const NO_ENCRYPTION: Reason = {
  text: "This machine encrypts nothing that the kernel knows of: whoever reads the right address gets the bytes that are there.",
  ref: "Documentation/arch/x86/amd-memory-encryption.rst:9-40",
};
