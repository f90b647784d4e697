/** The viewer page on the ports of servers, with its built files. */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { describe, expect, it, vi } from "vitest";
import {
  attach,
  serve,
  serve_server,
  type ServerOptions,
  type StreamOptions,
} from "../../../src/server";
import { streamOf } from "../../../src/server/display";
import { disposedAfterEach } from "../../support/disposables";

const disposables = disposedAfterEach();

/** What is printed from now on. */
function printed(): string[] {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  return lines;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  disposables.add(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** The status, type and body at an address. */
async function get(
  url: string,
  accept = "*/*",
): Promise<{ status: number; type: string | null; body: string; response: Response }> {
  const response = await fetch(url, { headers: { accept }, redirect: "manual" });
  const type = response.headers.get("content-type");
  return { status: response.status, type, body: await response.text(), response };
}

const HTML = { status: 200, type: "text/html; charset=utf-8" };

describe("serve() with the page", () => {
  it("prints one line with its address, where the page is", async () => {
    const lines = printed();
    const display = await serve(4, 3, { port: 0, page: true });
    disposables.add(() => display.close());
    expect(display.url).toBe(`http://127.0.0.1:${display.port}/`);
    expect(lines).toEqual([`Open ${display.url} in a browser`]);
    const { response, ...page } = await get(display.url ?? "");
    expect(page).toMatchObject(HTML);
    expect(page.body).toContain('src="demo.js"');
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script/);
    await display.close();
    expect(display.url).toBeUndefined();
  });

  it("prints nothing where it is quiet", async () => {
    const lines = printed();
    const display = await serve(4, 3, { port: 0, page: "quiet" });
    disposables.add(() => display.close());
    expect(await get(display.url ?? "")).toMatchObject(HTML);
    expect(lines).toEqual([]);
  });

  it("reports statistics, which the page shows, unless the stream is not to", async () => {
    const [plain, without, page] = [{}, { page: "quiet", stats_interval: null }, { page: "quiet" }];
    const intervals = [plain, without, page].map(async (options) => {
      const display = await serve(4, 3, { port: 0, ...(options as ServerOptions & StreamOptions) });
      disposables.add(() => display.close());
      return streamOf(display).settings.stats_interval;
    });
    expect(await Promise.all(intervals)).toEqual([null, null, 1]);
  });

  it("shows the page to everybody, and the streams to those that authenticate accepts", async () => {
    const authenticate = ({ token }: { token?: string | undefined }): boolean => token === "right";
    const display = await serve(4, 3, { port: 0, page: "quiet", authenticate });
    disposables.add(() => display.close());
    expect(await get(display.url ?? "")).toMatchObject(HTML);
    expect((await get(`${display.url}streams`)).status).toBe(401);
  });

  it("leaves other paths to on_request", async () => {
    const asked: unknown[] = [];
    const on_request = ({ url }: { url?: string | undefined }): boolean => {
      asked.push(url);
      return false;
    };
    const display = await serve(4, 3, { port: 0, page: "quiet", on_request });
    disposables.add(() => display.close());
    await get(display.url ?? "");
    expect(await get(`${display.url}other`)).toMatchObject({ status: 404 });
    expect(asked).toEqual(["/other"]);
  });

  it("takes no other word", async () => {
    await expect(serve(4, 3, { port: 0, page: "loud" as never })).rejects.toThrow(
      'page: expected true, false or "quiet", got "loud"',
    );
  });
});

describe("serve() without the page", () => {
  it("says at the stream's address how to see the stream", async () => {
    const lines = printed();
    const display = await serve(4, 3, { port: 0 });
    disposables.add(() => display.close());
    const address = `http://127.0.0.1:${display.port}`;
    expect([display.url, lines]).toEqual([undefined, []]);
    const text = await get(address);
    expect(text).toMatchObject({ status: 404, type: "text/plain; charset=utf-8" });
    expect(text.body).toBe(
      "not found: here is a stream for WebSocket viewers, but no page; to see it in a browser, start its server with the option page: true\n",
    );
    const page = await get(address, "text/html,application/xhtml+xml,*/*;q=0.8");
    expect(page).toMatchObject({ status: 404, type: "text/html; charset=utf-8" });
    expect(page.body).toContain(`<p>${text.body.trim()}</p>`);
    expect(page.response.headers.get("content-security-policy")).toBe("default-src 'none'");
    expect((await get(`${address}/other`)).body).toMatch(/; see \/streams\n$/);
  });
});

describe("serve_server() with the page", () => {
  it("has it at its own address, and at that of each stream", async () => {
    const lines = printed();
    const server = await serve_server({ port: 0, page: true });
    disposables.add(() => server.close());
    const display = server.add_stream("cam", 4, 3);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`);
    expect(display.url).toBe(`${server.url}cam`);
    expect(lines).toEqual([`Open ${server.url} in a browser`]);
    expect(await get(server.url ?? "")).toMatchObject(HTML);
    expect(await get(display.url ?? "")).toMatchObject(HTML);
    expect(await get(`${server.url}nobody`)).toMatchObject({
      status: 404,
      body: "not found: this server has streams for WebSocket viewers; see /\n",
    });
    expect((await get(`${server.url}cam/`)).status).toBe(404);
    await display.close();
    expect((await get(`${server.url}cam`)).status).toBe(404);
  });

  it("takes no stream whose page would be one of its files", async () => {
    const server = await serve_server({ port: 0, page: "quiet" });
    disposables.add(() => server.close());
    expect(() => server.add_stream("demo.js", 4, 3)).toThrow(
      'Cannot add the stream "demo.js": the page has a file of that name',
    );
  });
});

describe("attach() with the page", () => {
  it("serves it by the middleware, under its path", async () => {
    const server = createServer();
    const hub = attach(server, { path: "/rfb", page: true });
    disposables.add(() => hub.close());
    const own: RequestListener = (_request, response) => response.end("own page");
    server.on("request", (request, response) =>
      hub.middleware(request, response, () => own(request, response)),
    );
    expect(hub.url).toBeUndefined();
    const address = `http://127.0.0.1:${await listening(server)}`;
    const display = hub.add_stream("cam", 4, 3);
    expect([hub.url, display.url]).toEqual([`${address}/rfb/`, `${address}/rfb/cam`]);
    expect(await get(`${address}/rfb/`)).toMatchObject(HTML);
    expect(await get(`${address}/rfb/cam`)).toMatchObject(HTML);
    expect((await get(`${address}/rfb/demo.css`)).type).toBe("text/css; charset=utf-8");
    for (const path of ["/", "/demo.css", "/rfb/other"]) {
      expect((await get(address + path)).body).toBe("own page");
    }
    // The page's files have relative addresses.
    const { response, status } = await get(`${address}/rfb?key=1`);
    expect([status, response.headers.get("location")]).toEqual([302, "./rfb/?key=1"]);
  });

  it("leads to the page also where the path's last part has a colon, as with a proxy", async () => {
    const server = createServer();
    const hub = attach(server, { page: true, path: "/absolute/localhost:8766" });
    disposables.add(() => hub.close());
    server.on("request", (request, response) => hub.middleware(request, response, () => undefined));
    const address = `http://127.0.0.1:${await listening(server)}/absolute/localhost:8766`;
    const { response } = await get(address);
    const location = response.headers.get("location") ?? "";
    expect(new URL(location, address).href).toBe(`${address}/`);
  });

  it("knows the addresses on a server with TLS", async () => {
    const server = createSecureServer();
    const hub = attach(server, { page: true });
    disposables.add(() => hub.close());
    const port = await listening(server);
    const display = hub.add_stream("cam", 4, 3);
    expect(display.ws_url).toBe(`wss://127.0.0.1:${port}/rfb/cam`);
    expect(display.url).toBe(`https://127.0.0.1:${port}/rfb/cam`);
  });
});
