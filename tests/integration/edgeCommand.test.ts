/** The commands `edge` and `serve --nats` with a real NATS server, as a person runs them. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { drawPattern } from "../../src/cli/patterns";
import { decodeJpeg, decodePng } from "../support/decodeImage";
import { disposedAfterAll } from "../support/disposables";
import { keyPair, SECRET, sign, unsigned } from "../support/jwt";
import { NatsServer } from "../support/natsServer";
import { CommandProcess, EdgeProcess, ServeProcess } from "../support/serveProcess";
import { StreamViewer } from "../support/streamViewer";

const WAIT = { timeout: 30_000, interval: 20 };

/** Without the variables that this machine may have. */
const ENVIRONMENT = { NATS_URL: undefined, NATS_USER: undefined, RFB_TOKEN: undefined };

const running: CommandProcess[] = [];
const viewers: StreamViewer[] = [];
const shared = disposedAfterAll();
let folder: string;
let nats: NatsServer;

beforeAll(async () => {
  folder = shared.folder();
  nats = await shared.own(NatsServer.start(), (server) => server.stop());
});
afterEach(async () => {
  for (const { ws } of viewers.splice(0)) ws.terminate();
  for (const process of running.splice(0)) {
    await process.stop("SIGKILL");
  }
});

let count = 0;
function fileOf(text: string, extension = ""): string {
  const path = join(folder, `file${count++}${extension}`);
  writeFileSync(path, text);
  return path;
}

function run(args: readonly string[], environment: object = {}): CommandProcess {
  const process = new CommandProcess(args, { ...ENVIRONMENT, ...environment });
  running.push(process);
  return process;
}

/** Publishes a small picture. */
async function publish(flags: readonly string[] = [], environment: object = {}) {
  const server = await ServeProcess.start(
    ["--pattern", "test_card", "--width", "64", "--height", "48", "--force-image", ...flags],
    { ...ENVIRONMENT, ...environment },
  );
  running.push(server);
  return server;
}

async function edge(flags: readonly string[], environment: object = {}): Promise<EdgeProcess> {
  const server = await EdgeProcess.start(flags, { ...ENVIRONMENT, ...environment });
  running.push(server);
  return server;
}

function view(url: string, token?: string): StreamViewer {
  const viewer = new StreamViewer(url, token === undefined ? {} : { token });
  viewers.push(viewer);
  return viewer;
}

/** What comes first for a viewer: a frame, or the code with which its connection is closed. */
async function fateOf(server: EdgeProcess, token?: string): Promise<string | number> {
  const viewer = view(server.streamUrl("lecture"), token);
  await vi.waitFor(() => {
    expect(viewer.frames.length > 0 || viewer.closed !== undefined).toBe(true);
  }, WAIT);
  return viewer.frames.length > 0 ? "frame" : (viewer.closed?.code ?? 0);
}

/** A process' command line, as others on the machine see it. */
function listed({ pid }: CommandProcess): string {
  const { stdout } = spawnSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], {
    encoding: "utf8",
  });
  expect(stdout).toContain("main.js");
  return stdout;
}

describe("jupyter-rfb-ts edge", () => {
  it("shows what serve publishes to NATS, and the page, until SIGTERM", async () => {
    const publisher = await publish(["--nats", nats.url, "--name", "lecture", "--quality", "100"]);
    const server = await edge(["--nats", nats.url, "--name", "edge-1"]);
    const viewer = view(server.streamUrl("lecture"));
    await vi.waitFor(async () => {
      const frame = viewer.frames.at(-1);
      expect(frame?.header).toMatchObject({ width: 64, height: 48 });
      const isPng = frame?.header.type === "image_frame" && frame.header.mime === "image/png";
      const payload = frame?.payload ?? new Uint8Array();
      const { rgba } = isPng ? decodePng(payload) : await decodeJpeg(payload);
      const drawn = drawPattern("test_card", 0, 64, 48).data;
      // The first pixel's color survives any encoder.
      for (const at of [0, 1, 2]) {
        expect(Math.abs((rgba[at] ?? 999) - (drawn[at] ?? 0))).toBeLessThan(12);
      }
    }, WAIT);
    await publisher.printed(/^At edges: ws:\/\/EDGE\/lecture$/m);
    await server.printed(new RegExp(`^Open ${server.url} in a browser; Ctrl\\+C ends it$`, "m"));
    const page = await fetch(server.url);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await (await fetch(new URL("streams", server.url))).json()).toMatchObject([
      { name: "lecture", width: 64, height: 48 },
    ]);
    expect(await server.stop()).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(viewer.closed?.code).toBe(1001);
    expect(await publisher.stop()).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it("ends with Ctrl+C, and serves no page where none is wanted", async () => {
    const server = await edge(["--nats", nats.url, "--no-page"]);
    await server.printed(/^The edge runs; Ctrl\+C ends it$/m);
    expect((await fetch(server.url)).status).toBe(404);
    expect((await fetch(new URL("health", server.url))).status).toBe(200);
    expect(await server.stop("SIGINT")).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it.each([
    ["RFB_TOKEN", { RFB_TOKEN: "s3cret" }, () => []],
    ["a file", {}, () => ["--token-file", fileOf("s3cret\n")]],
  ])(
    "takes the token from %s, and shows it nowhere",
    async (_where, environment, flags) => {
      await publish(["--nats", nats.url, "--name", "lecture"]);
      const server = await edge(["--nats", nats.url, ...flags()], environment);
      expect(await fateOf(server)).toBe(4401);
      expect(await fateOf(server, "secret")).toBe(4401);
      expect(await fateOf(server, "s3cret")).toBe("frame");
      expect((await fetch(new URL("metrics", server.url))).status).toBe(401);
      expect(listed(server)).not.toContain("s3cret");
      const { code, stdout, stderr } = await server.stop();
      expect(code).toBe(0);
      expect(stdout).toContain("and give it a token");
      expect(stdout + stderr).not.toContain("s3cret");
    },
    60_000,
  );

  it("asks a module, and ends although that has a timer", async () => {
    await publish(["--nats", nats.url, "--name", "lecture"]);
    const module = fileOf(
      "setInterval(() => {}, 1000);\n" +
        "export default async ({ token, stream }) => (token === stream ? { name: token } : null);",
      ".mjs",
    );
    const server = await edge(["--nats", nats.url, "--authenticate", module]);
    expect(await fateOf(server)).toBe(4401);
    expect(await fateOf(server, "other")).toBe(4401);
    expect(await fateOf(server, "lecture")).toBe("frame");
    expect(await server.stop()).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it("accepts JSON Web Tokens of the right key only", async () => {
    await publish(["--nats", nats.url, "--name", "lecture"]);
    const { pem, privateKey } = keyPair("ec");
    const server = await edge([
      ...["--nats", nats.url, "--jwt-key-file", fileOf(pem)],
      ...["--jwt-audience", "lectures", "--jwt-issuer", "https://login.example"],
    ]);
    const alg = "ES256";
    expect(await fateOf(server, await sign(privateKey, { alg }))).toBe("frame");
    expect(await fateOf(server)).toBe(4401);
    expect(await fateOf(server, unsigned())).toBe(4401);
    expect(await fateOf(server, await sign(privateKey, { alg, expiresIn: -60 }))).toBe(4401);
    expect(await fateOf(server, await sign(keyPair("ec").privateKey, { alg }))).toBe(4401);
    expect(await fateOf(server, await sign(pem, { alg: "HS256" }))).toBe(4401);
    const claims = { sub: "ada", iss: "https://login.example", aud: "exams" };
    expect(await fateOf(server, await sign(privateKey, { alg, claims }))).toBe(4401);
    // Rejected viewers are no errors.
    expect(await server.stop()).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it("accepts JSON Web Tokens with a shared secret, and shows it nowhere", async () => {
    await publish(["--nats", nats.url, "--name", "lecture"]);
    const server = await edge(["--nats", nats.url, "--jwt-key-file", fileOf(`${SECRET}\n`)]);
    expect(await fateOf(server, await sign(SECRET, { alg: "HS256" }))).toBe("frame");
    expect(await fateOf(server, await sign(`${SECRET}!`, { alg: "HS256" }))).toBe(4401);
    expect(listed(server)).not.toContain(SECRET);
    const { stdout, stderr } = await server.stop();
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it("logs in to NATS by the environment, as serve does, and shows no password", async () => {
    const guarded = await NatsServer.start('authorization { user: ada, password: "s3cret" }');
    try {
      const login = { NATS_USER: "ada", NATS_PASSWORD: "s3cret" };
      const publisher = await publish(["--nats", guarded.url, "--name", "lecture"], login);
      const server = await edge(["--nats", guarded.url], login);
      const other = await edge([], { NATS_URL: guarded.url.replace("//", "//ada:s3cret@") });
      expect(await fateOf(server)).toBe("frame");
      expect(await fateOf(other)).toBe("frame");
      expect([publisher, server, other].map(listed).join("")).not.toContain("s3cret");
      for (const process of [publisher, server, other]) {
        const { code, stdout, stderr } = await process.stop();
        expect(code).toBe(0);
        expect(stdout + stderr).not.toContain("s3cret");
      }
      for (const command of [["edge"], ["serve", "--name", "lecture"]]) {
        const password = { NATS_USER: "ada", NATS_PASSWORD: "wr0ng" };
        const flags = ["--nats", guarded.url, "--port", "0"];
        const ended = await run([...command, ...flags], password).ended;
        expect(ended).toMatchObject({ code: 1, stdout: "" });
        expect(ended.stderr).toMatch(/^jupyter-rfb-ts: Cannot connect to NATS at .*; check .*\n$/);
        expect(ended.stderr).not.toContain("wr0ng");
      }
    } finally {
      await guarded.stop();
    }
  });

  it.each([["edge"], ["serve", "--name", "lecture"]])(
    "says in one line that there is no NATS server: %s",
    async (...command) => {
      const gone = await NatsServer.start();
      await gone.stop();
      const ended = await run([...command, "--nats", gone.url, "--port", "0"]).ended;
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(ended.stderr).toMatch(
        new RegExp(
          `^jupyter-rfb-ts: Cannot connect to NATS at ${gone.url}: nothing answers .*\\n$`,
        ),
      );
    },
  );

  it("ends when what answers there says nothing", async () => {
    const silent = createServer(() => undefined);
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = `nats://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      const ended = await run(["edge", "--nats", address, "--port", "0"]).ended;
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(ended.stderr).toMatch(/: nothing came in 5 s; is that a NATS server\?\n$/);
    } finally {
      silent.close();
    }
  });

  it("says in one line what is wrong with a module, a key, or a port", async () => {
    const used = new URL((await edge(["--nats", nats.url])).url).port;
    const problems: [readonly string[], RegExp][] = [
      [
        ["--authenticate", fileOf("export const x = 1;", ".mjs")],
        /--authenticate: expected a module whose default export is a function, got no default/,
      ],
      [["--jwt-key-file", fileOf("short")], /--jwt-key-file: expected .*, got 5 bytes/],
      [["--port", used], /Cannot listen on 127\.0\.0\.1:\d+: /],
    ];
    for (const [flags, message] of problems) {
      const { code, stdout, stderr } = await run(["edge", "--nats", nats.url, ...flags]).ended;
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^jupyter-rfb-ts: .*\n$/);
    }
  });

  it("refuses a password on the command line, and doesn't show it", async () => {
    const url = nats.url.replace("//", "//ada:s3cret@");
    const { code, stdout, stderr } = await run(["edge", "--nats", url]).ended;
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/--nats: expected an address without a password.*NATS_USER/);
    expect(stderr).not.toContain("s3cret");
  });

  it("serves a name that another program has only with --takeover", async () => {
    const flags = ["--nats", nats.url, "--name", "lecture"];
    await publish(flags);
    const ended = await run(["serve", "--port", "0", ...flags]).ended;
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^jupyter-rfb-ts: .*lecture.*\n$/);
    const taker = await publish([...flags, "--takeover"]);
    const server = await edge(["--nats", nats.url]);
    expect(await fateOf(server)).toBe("frame");
    expect(await taker.stop()).toMatchObject({ code: 0 });
  });
});
