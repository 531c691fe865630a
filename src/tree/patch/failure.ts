// SPDX-License-Identifier: MIT
/** Why a patch does not apply: which hunk of which file, and what is there instead. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { Host } from "../host.ts";
import type { Source } from "../build/source.ts";
import { missingTools } from "../build/errors.ts";
import { type Hunk, hunksOf, mailsOf, mismatch, type PatchFile } from "./patch-file.ts";

/** git is not here, or does not work (exit 6). */
export function gitMissing(why?: string): CbitError {
  return missingTools(`patches are applied with git, which ${why === undefined ? "is not here" : `stopped: ${why}`}`, "apt-get install git");
}

const SHOWN = 60;
const quoted = (line: string): string => {
  const text = line.trim().replaceAll("\t", " ");
  return `"${text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text}"`;
};

/** "line 57 there is "x", and the patch has "y"". */
function difference(hunk: Hunk, text: string): string {
  const found = mismatch(hunk, text.split(/\r?\n/));
  if (found === null) return "its lines are there, but not where it needs them";
  return found.there === null ? `the file ends before ${quoted(found.wanted)}` : `line ${found.line} there is ${quoted(found.there)}, the patch has ${quoted(found.wanted)}`;
}

/** git's words where no hunk is to blame, without what it says of itself. */
function plainReason(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^(?:error|fatal): /, "").trim());
  return lines.find((line) => line !== "" && !/^(?:Applying|Patch failed at|hint:|warning:)/.test(line)) ?? "git does not say why";
}

/**
 * The error for a patch that git refuses (exit 3).
 * @param work where git stopped: what came before in the series is applied there
 * @param output what git said
 * @param backwards true where it can be taken out, so that it is in the tree already
 */
export async function notApplied(host: Host, source: Source, work: string, patch: PatchFile, output: string, backwards: boolean): Promise<CbitError> {
  const mail = /^Patch failed at (\d+) (.*)$/m.exec(output);
  const place = /^error: patch failed: (.+):(\d+)$/m.exec(output);
  const mails = patch.kind === "mbox" ? mailsOf(patch.text) : [patch.text];
  const number = mail === null ? 1 : Number(mail[1]);
  let reason = plainReason(output);
  if (place !== null) {
    const [, file, line] = place as unknown as [string, string, string];
    const hunk = hunksOf(mails[number - 1] ?? patch.text).find((h) => h.file === file && h.line === Number(line));
    const text = await host.readText(`${work}/${file}`).catch(() => "");
    reason = hunk === undefined ? `${file}:${line} is different there` : `hunk ${hunk.number} of ${file}, at line ${line}: ${difference(hunk, text)}`;
  }
  const which = mail === null || mails.length < 2 ? "" : ` (${number} of ${mails.length}, "${mail[2]}")`;
  return new CbitError({
    code: "CBIT-205",
    exit: EXIT.tree,
    message: `patch ${patch.path}${which} does not apply to tree ${source.path} (${source.release}): ${reason}`,
    hint: backwards ? "It is there already, from the tree or from a patch before it." : `Make it for Linux ${source.release}, or name first, with a --patch of their own, the patches that it stands on.`,
  });
}
