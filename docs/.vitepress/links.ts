// SPDX-License-Identifier: MIT
/** From a file of the repository to its place on the site. */

import { posix } from "node:path";

/** What links need to know of the repository. */
export interface LinkRule {
  /** Whether a folder has a page of its own, its README. */
  readonly isFolder: (path: string) => boolean;
  /** Folders that are copied to the site as they are, below /files. */
  readonly files: readonly string[];
}

/** The site's file of a page, from the repository's: docs/rules/README.md is rules/index.md. */
export function sitePath(file: string): string {
  if (file.startsWith("docs/")) return file.slice("docs/".length).replace(/(^|\/)README\.md$/, "$1index.md");
  return `project/${file.replace(/\/README\.md$/, ".md").toLowerCase()}`;
}

/** A file that is copied: browsers show text, and save what they do not know. */
export function siteFile(file: string): string {
  return /\.(litmus|mjs)$/.test(file) ? `${file}.txt` : file;
}

/** A link of the file `from` as the site has it. */
export function siteLink(rule: LinkRule, from: string, href: string): string {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [, path, anchor] = /^([^#]*)(#.*)?$/.exec(href)!;
  const to = posix.join(posix.dirname(from), path!).replace(/\/$/, "");
  if (to === "README.md") return "/index.html";
  const page = to.endsWith(".md") ? to : rule.isFolder(to) ? `${to}/README.md` : null;
  if (page !== null) return `/${sitePath(page).replace(/\.md$/, ".html")}${anchor ?? ""}`;
  if (rule.files.some((f) => to === f || to.startsWith(`${f}/`))) return `/files/${siteFile(to)}${anchor ?? ""}`;
  throw new Error(`${from}: no place on the site for the link ${href}: ${rule.files.join(", ")} are copied, and pages are pages`);
}
