// SPDX-License-Identifier: MIT
/** Policies that are not in the table: a user's own, checked, and with their mistakes told as theirs. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { Policy } from "../linux.ts";
import { POLICY_KIT, type PolicyKit } from "./kit.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

/** What a user writes: decisions, of which those that are left out are as in `encrypted`. */
export type PolicyDescription = Partial<Omit<Policy, "name">>;

/** A policy, or a function that gives one when it is handed the kernel's functions. */
export type PolicySource = PolicyDescription | ((kit: PolicyKit) => PolicyDescription);

const DECISIONS = ["tt_decrypted", "io_prot_decrypts", "device_maps", "page_prot", "user_prot", "kernel_address"] as const;
const CHOOSERS = ["chooser", "user_chooser", "kernel_chooser"] as const;
const TEXTS = ["title", "origin"] as const;
const FIELDS: readonly string[] = [...DECISIONS, ...CHOOSERS, ...TEXTS];

function bad(name: string, message: string): CbitError {
  return new CbitError({
    code: "CBIT-135",
    exit: EXIT.usage,
    message: `policy ${name}: ${message}`,
    hint: `A policy is an object with any of ${FIELDS.join(", ")}, or a function of the kernel's functions that returns one: docs/guide/write-a-policy.md.`,
  });
}

function threw(name: string, what: string, error: unknown): CbitError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new CbitError({ code: "CBIT-136", exit: EXIT.usage, message: `policy ${name}: ${what} ended in an error: ${message}`, hint: "It is the policy's own code that failed; its functions get the kernel and what the table of docs/guide/write-a-policy.md says.", cause: error });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

function checked(name: string, value: unknown): PolicyDescription {
  if (!isObject(value)) throw bad(name, `is ${value === null ? "null" : Array.isArray(value) ? "an array" : `of type ${typeof value}`}, not an object`);
  for (const field of Object.keys(value)) if (field !== "name" && !FIELDS.includes(field)) throw bad(name, `has a field "${field}" that no policy has`);
  if (!DECISIONS.some((d) => value[d] !== undefined)) throw bad(name, `decides nothing: it has none of ${DECISIONS.join(", ")}`);
  for (const d of DECISIONS) if (value[d] !== undefined && typeof value[d] !== "function") throw bad(name, `${d} is of type ${typeof value[d]}, not a function`);
  for (const t of TEXTS) if (value[t] !== undefined && typeof value[t] !== "string") throw bad(name, `${t} is of type ${typeof value[t]}, not a string`);
  for (const c of CHOOSERS) {
    const chooser = value[c];
    if (chooser !== undefined && !(isObject(chooser) && typeof chooser["function"] === "string" && typeof chooser["file"] === "string")) throw bad(name, `${c} is not { function: "...", file: "..." }`);
  }
  return value;
}

/** A decision whose error is the policy's, and whose answer has the right type. */
function guarded<A extends readonly unknown[], R>(name: string, what: string, decide: (...args: A) => R, fits: (answer: unknown) => boolean, wanted: string): (...args: A) => R {
  return (...args) => {
    let answer: R;
    try {
      answer = decide(...args);
    } catch (error) {
      if (error instanceof CbitError) throw error;
      throw threw(name, `${what}()`, error);
    }
    if (!fits(answer)) throw threw(name, `${what}()`, new TypeError(`it returned ${String(answer)}, not ${wanted}`));
    return answer;
  };
}

const isBoolean = (v: unknown): boolean => typeof v === "boolean";
const isNumber = (v: unknown): boolean => typeof v === "number" && Number.isSafeInteger(v) && v >= 0;

/**
 * A policy from what a user wrote.
 * @param name what reports, ids and tokens call it
 * @param source the description, or a function that gives it when it is handed the kernel's functions
 * @throws CbitError (CBIT-135) for what is no policy, CBIT-136 where its own code fails, now or later
 */
export function ownPolicy(name: string, source: unknown): Policy {
  let described: unknown = source;
  if (typeof source === "function") {
    try {
      described = (source as (kit: PolicyKit) => unknown)(POLICY_KIT);
    } catch (error) {
      throw threw(name, "the function that makes it", error);
    }
  }
  const { title, origin, chooser, user_chooser, kernel_chooser, ...decisions } = checked(name, described);
  const { tt_decrypted = () => false, io_prot_decrypts = () => false, device_maps, page_prot, user_prot, kernel_address } = decisions;
  return {
    name,
    title: title ?? "a policy of the user's own",
    origin: origin ?? "the user",
    tt_decrypted: guarded(name, "tt_decrypted", tt_decrypted, isBoolean, "true or false"),
    io_prot_decrypts: guarded(name, "io_prot_decrypts", io_prot_decrypts, isBoolean, "true or false"),
    ...(device_maps === undefined ? {} : { device_maps: guarded(name, "device_maps", device_maps, isBoolean, "true or false") }),
    ...(page_prot === undefined ? {} : { page_prot: guarded(name, "page_prot", page_prot, isNumber, "a protection") }),
    ...(user_prot === undefined ? {} : { user_prot: guarded(name, "user_prot", user_prot, (v) => v === null || isNumber(v), "a protection or null") }),
    ...(kernel_address === undefined ? {} : { kernel_address: guarded(name, "kernel_address", kernel_address, (v) => v === null || isNumber(v), "an address, 0 or null") }),
    chooser: chooser ?? TTM_IO_PROT,
    ...(user_chooser === undefined ? {} : { user_chooser }),
    ...(kernel_chooser === undefined ? {} : { kernel_chooser }),
  };
}
