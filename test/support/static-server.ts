// SPDX-License-Identifier: MIT
/** Serves a folder on localhost, as any static web server does. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

export interface StaticServer {
  /** "http://127.0.0.1:PORT" */
  readonly origin: string;
  close(): Promise<void>;
}

function fileOf(folder: string, path: string): string | null {
  const file = join(folder, normalize(decodeURIComponent(path)));
  const found = existsSync(file) && statSync(file).isDirectory() ? join(file, "index.html") : file;
  return existsSync(found) ? found : null;
}

/** Starts a server for a folder on a free port. */
export async function serve(folder: string): Promise<StaticServer> {
  const server: Server = createServer((request, response) => {
    // Chromium asks for it beside what is no HTML.
    if (request.url === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    const file = fileOf(folder, new URL(request.url ?? "/", "http://localhost").pathname);
    if (file === null) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address() as { readonly port: number };
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}
