/**
 * The page that shows a hub's streams: a fixed list of files, with headers that allow no more than
 * the page needs.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";

interface PageFile {
  readonly type: string;
  readonly content: Buffer;
  /** What of scripts its Content-Security-Policy allows: files, and the one inside of it. */
  readonly scripts: string;
}

const SCRIPT = "text/javascript; charset=utf-8";

/**
 * Adds the slash to the address of the page at "/". A proxy may show that at an address without
 * one, such as /proxy/8765, to which the page's files would not be relative. It asks the server for
 * "/" either way, so only the page can tell. Once: a proxy may take the slash off again.
 */
const ADD_SLASH = `{
const done = "jupyter-rfb-ts.slash", { pathname, search, hash } = location;
if (pathname.endsWith("/")) sessionStorage.removeItem(done);
else if (sessionStorage.getItem(done) === null) {
sessionStorage.setItem(done, "1");
location.replace("./" + pathname.split("/").pop() + "/" + search + hash);
}
}`;

/** The paths of the page, and the file of each in lib/. No other file is read. */
const FILES = [
  { path: "/", file: "demo/index.html", type: "text/html; charset=utf-8", script: ADD_SLASH },
  { path: "/index.html", file: "demo/index.html", type: "text/html; charset=utf-8", script: "" },
  { path: "/demo.css", file: "demo/demo.css", type: "text/css; charset=utf-8", script: "" },
  { path: "/demo.js", file: "demo/demo.js", type: SCRIPT, script: "" },
  { path: "/icon.svg", file: "demo/icon.svg", type: "image/svg+xml", script: "" },
  { path: "/worker.js", file: "client/worker.js", type: SCRIPT, script: "" },
] as const;

/** This package's folder: the file is in lib/hosting/, or in src/hosting/ for tests. */
const PACKAGE = dirname(dirname(__dirname));

/** A host that is safe to put into a header: a name or an address, with or without a port. */
const HOST = /^([a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

/** The viewer page of a hub. */
export interface ViewerPage {
  /** Whether a path within the hub is that of one of the page's files. */
  has(path: string): boolean;
  /**
   * Answers a request for a file of the page. "/index.html" is the page at another address than the
   * hub's own, such as a stream's.
   *
   * @param path - within the hub
   * @returns false for a path of no file; then nothing was done
   */
  answer(path: string, request: IncomingMessage, response: ServerResponse): boolean;
}

/**
 * Reads the page's files.
 *
 * @param directory - this package's folder
 * @throws Error when one is missing
 */
export function readViewerPage(directory: string = PACKAGE): ViewerPage {
  const files = new Map<string, PageFile>();
  for (const { path, file, type, script } of FILES) {
    const content = readBuilt(join(directory, "lib", file));
    files.set(path, {
      type,
      ...(script === "" ? { content, scripts: "'self'" } : withScript(content, script)),
    });
  }
  return {
    has: (path) => files.has(path),
    answer: (path, request, response) => {
      const file = files.get(path);
      if (file === undefined) return false;
      answer(file, request, response);
      return true;
    },
  };
}

/** Puts a script where it runs before the page asks for its files. */
function withScript(content: Buffer, script: string): Pick<PageFile, "content" | "scripts"> {
  const [before, after, ...others] = content.toString("utf8").split("<head>");
  if (after === undefined || others.length > 0) throw new Error("Cannot find the page's <head>");
  const digest = createHash("sha256").update(script).digest("base64");
  return {
    content: Buffer.from(`${before}<head><script>${script}</script>${after}`),
    scripts: `'self' 'sha256-${digest}'`,
  };
}

function readBuilt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new Error(`Cannot serve the page: ${path} is not built. Run: npm run build`);
  }
}

function answer(
  { type, content, scripts }: PageFile,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (method !== "GET" && method !== "HEAD") {
    const body = "expected GET\n";
    response.writeHead(405, {
      Allow: "GET, HEAD",
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": Buffer.byteLength(body),
    });
    response.end(body);
    return;
  }
  response.writeHead(200, {
    "Content-Type": type,
    "Content-Length": content.length,
    "Cache-Control": "no-cache",
    "Content-Security-Policy": contentSecurityPolicy(headers.host, scripts),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
  });
  response.end(method === "HEAD" ? undefined : content);
}

/**
 * The page's Content-Security-Policy: it may load files from its own server, and connect to nothing
 * else.
 *
 * @param host - the Host header; in some browsers "self" doesn't include WebSockets
 * @param scripts - where scripts may come from, and the digest of one inside of the page
 */
export function contentSecurityPolicy(host: string | undefined, scripts = "'self'"): string {
  const isHost = host !== undefined && HOST.test(host);
  const sockets = isHost ? ` ws://${host} wss://${host}` : "";
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'self'",
    `connect-src 'self'${sockets}`,
    "worker-src 'self'",
    "img-src 'self' blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join("; ");
}
