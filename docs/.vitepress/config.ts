// SPDX-License-Identifier: MIT
/**
 * The documentation as a site: `npm run docs` shows it while it is written, `npm run docs:build` makes docs/.vitepress/dist. Neither needs
 * a network: search, fonts and files that pages link to are part of the site.
 */

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { SIDEBAR } from "./sidebar.ts";
import { type LinkRule, siteFile, siteLink, sitePath } from "./links.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What pages link to as it is. */
const FILES = ["docs/examples", "docs/schemas", "litmus"];

/** The files below a folder, from the repository's root. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => relative(ROOT, join(f.parentPath, f.name)));

interface Token {
  readonly type: string;
  readonly children: readonly Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}

const rule: LinkRule = { isFolder: (path) => existsSync(join(ROOT, path, "README.md")), files: FILES };

export default defineConfig({
  title: "cbit",
  description: "Memory encryption meets GPU drivers: do CPU, device and host each see the bytes they should?",
  lang: "en",
  srcDir: "..",
  // Beside docs these are pages; all else of the repository is not.
  srcExclude: ["!(docs|litmus)/**/*", "docs/.vitepress/**", "README.md", "SECURITY.md"],
  rewrites: sitePath,
  outDir: ".vitepress/dist",
  cacheDir: ".vitepress/cache",
  cleanUrls: false,
  metaChunk: true,
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    // Anchors are GitHub's.
    anchor: { slugify: (text) => text.trim().toLowerCase().replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "").replace(/\s/g, "-") },
    languages: ["console", "litmus"].map((name) => JSON.parse(readFileSync(new URL(`languages/${name}.json`, import.meta.url), "utf8")) as never),
    config: (md) => {
      // Pages are written for GitHub: links go from file to file. Here they go from page to page, and to copies of files.
      md.core.ruler.push("links_of_the_repository", (state) => {
        const { path, realPath } = state.env as { readonly path: string; readonly realPath?: string };
        // What stands behind a block's language is for the tests that run it.
        for (const token of state.tokens) if (token.type === "fence") token.info = token.info.split(" ")[0]!;
        for (const token of (state.tokens as readonly Token[]).flatMap((t) => t.children ?? [])) {
          const href = token.type === "link_open" ? token.attrGet("href") : null;
          if (href === null) continue;
          const link = siteLink(rule, relative(ROOT, realPath ?? path), href);
          token.attrSet("href", link);
          if (link.startsWith("/files/")) token.attrSet("target", "_self");
        }
      });
    },
  },
  vite: {
    plugins: [
      {
        // While pages are written, links to files lead to the files themselves.
        name: "files-of-the-repository",
        configureServer: (server) => {
          server.middlewares.use("/files", (request, response, next) => {
            const file = FILES.flatMap(filesIn).find((f) => siteFile(f) === request.url?.slice(1));
            if (file === undefined) return next();
            response.setHeader("content-type", "text/plain; charset=utf-8");
            response.end(readFileSync(join(ROOT, file)));
          });
        },
      },
    ],
  },
  buildEnd: ({ outDir }) => {
    for (const file of FILES.flatMap(filesIn)) {
      const to = join(outDir, "files", siteFile(file));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(ROOT, file), to);
    }
  },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Tutorial", link: "/tutorial/which-protection.html", activeMatch: "/tutorial/" },
      { text: "The thread, answered", link: "/explanation/the-thread.html" },
      { text: "Rules", link: "/rules/index.html", activeMatch: "/rules/" },
      { text: "Findings", link: "/reference/findings.html" },
    ],
    sidebar: SIDEBAR,
    outline: { level: [2, 3] },
    docFooter: { prev: "Before", next: "Next" },
    externalLinkIcon: true,
  },
});
