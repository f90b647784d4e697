import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { contentSecurityPolicy, readViewerPage } from "../../../src/hosting/viewerPage";
import { disposedAfterAll } from "../../support/disposables";

const disposables = disposedAfterAll();
/** A package's folder, built, with a file beside it that nobody may get. */
let folder: string;
let server: Server;

const FILES: Readonly<Record<string, string>> = {
  "demo/index.html": "<!doctype html><head></head>",
  "demo/demo.css": "css",
  "demo/demo.js": "js",
  "demo/icon.svg": "<svg/>",
  "client/worker.js": "worker",
  "demo/secret.txt": "secret",
  "../secret.txt": "secret",
};

beforeAll(async () => {
  folder = disposables.folder();
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(folder, "lib", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const page = readViewerPage(folder);
  server = createServer((asked, answer) => {
    const [path = "/"] = (asked.url ?? "/").split("?", 1);
    if (!page.answer(path, asked, answer)) answer.writeHead(404).end("no");
  });
  disposables.add(() => server.close());
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks with the path as it is: fetch() would tidy it. */
function ask(path: string, method = "GET", headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      let body = "";
      answer.on("data", (part: Buffer) => (body += part.toString()));
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
      });
    });
    asked.on("error", reject).end();
  });
}

describe("the page's files", () => {
  it.each([
    ["/index.html", "text/html; charset=utf-8", "<!doctype html><head></head>"],
    ["/index.html?x=1", "text/html; charset=utf-8", "<!doctype html><head></head>"],
    ["/demo.css", "text/css; charset=utf-8", "css"],
    ["/demo.js", "text/javascript; charset=utf-8", "js"],
    ["/worker.js", "text/javascript; charset=utf-8", "worker"],
    ["/icon.svg", "image/svg+xml", "<svg/>"],
  ])("come with their type: %s", async (path, type, body) => {
    const answer = await ask(path);
    expect(answer).toMatchObject({ status: 200, body });
    expect(answer.headers).toMatchObject({
      "content-type": type,
      "content-length": String(body.length),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect(answer.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src/);
  });

  it("add the slash to the hub's address, by the only script that the page may hold", async () => {
    const { body, headers } = await ask("/?x=1");
    const [, script = ""] =
      /^<!doctype html><head><script>([^]*)<\/script><\/head>$/.exec(body) ?? [];
    const digest = createHash("sha256").update(script).digest("base64");
    expect(headers["content-security-policy"]).toContain(`script-src 'self' 'sha256-${digest}';`);
    expect(headers["content-length"]).toBe(String(body.length));
    const stored = new Map<string, string>();
    const sessionStorage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    };
    const run = (url: string): string[] => {
      const replaced: string[] = [];
      const { pathname, search, hash } = new URL(url);
      const replace = (to: string) => replaced.push(new URL(to, url).href);
      runInNewContext(script, { location: { pathname, search, hash, replace }, sessionStorage });
      return replaced;
    };
    const without = "http://h/user/a/proxy/1?b=c#token=d";
    expect(run(without)).toEqual(["http://h/user/a/proxy/1/?b=c#token=d"]);
    // A proxy that takes it off again would lead back and forth for ever.
    expect(run(without)).toEqual([]);
    expect([...run("http://h/user/a/proxy/1/"), ...run("http://h")]).toEqual([]);
    expect(run("http://h//evil.example/a:1")).toEqual(["http://h//evil.example/a:1/"]);
  });

  it.each([
    "/secret.txt",
    "/demo/secret.txt",
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/demo/../demo.js",
    "//demo.js",
    "/demo.js/",
    "/demo.js%00.txt",
    "/..\\secret.txt",
    "/constructor",
    "/package.json",
    "/default",
  ])("are the only ones: %s is none", async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: "no" });
  });

  it("come without a body for HEAD, and for nothing else than GET and HEAD", async () => {
    expect(await ask("/", "HEAD")).toMatchObject({ status: 200, body: "" });
    const refused = await ask("/", "POST");
    expect(refused).toMatchObject({ status: 405, body: "expected GET\n" });
    expect(refused.headers.allow).toBe("GET, HEAD");
  });

  it("must be built", () => {
    expect(() => readViewerPage(join(folder, "elsewhere"))).toThrow(
      /index\.html is not built\. Run: npm run build$/,
    );
  });
});

describe("the content security policy", () => {
  it("lets the page load from its own server and connect to it, and nothing else", () => {
    expect(contentSecurityPolicy("127.0.0.1:8765").split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' ws://127.0.0.1:8765 wss://127.0.0.1:8765",
      "worker-src 'self'",
      "img-src 'self' blob: data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
    ]);
  });

  it.each(["example.org", "[::1]:80", "a-b.example:8765"])("takes the host %s", (host) => {
    expect(contentSecurityPolicy(host)).toContain(`connect-src 'self' ws://${host} wss://${host};`);
  });

  it.each([undefined, "", "a b", "x; script-src *", "a, b", "user@host", "a:port", "*.org"])(
    "leaves out a host that is none: %j",
    (host) => {
      expect(contentSecurityPolicy(host)).toContain("connect-src 'self';");
    },
  );
});
