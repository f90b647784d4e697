import { createServer, type Server } from "node:http";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi, type MockInstance, type TestContext } from "vitest";
import { attach } from "../../../src/server";
import { disposedAfterEach } from "../../support/disposables";

const disposables = disposedAfterEach();
let http: Server;
let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  http = createServer();
  disposables.add(() => http.close());
  warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

/** Makes the server listen at a place of `server.listen()`. */
const listening = (...place: unknown[]): Promise<void> =>
  new Promise((resolve, reject) => {
    http.once("error", reject).listen(...(place as [number]), resolve);
  });

/** Leaves the test out where it needs an address of IPv6 and this machine has none. */
async function needs(host: string, context: TestContext): Promise<void> {
  if (!isIPv6(host)) return;
  const probe = createServer();
  const missing = await new Promise<Error | undefined>((resolve) => {
    probe.once("error", resolve).listen(0, host, () => resolve(undefined));
  });
  probe.close();
  if (missing === undefined) return;
  const what = `this machine can't listen on ${host}: ${missing.message}`;
  warn.mockRestore();
  console.warn(what);
  context.skip(what);
}

describe("streams on a server of the application", () => {
  it.for([[[0]], [[0, "0.0.0.0"]], [[0, "::"]]])(
    "warn once when others reach them and everybody may look: listen(%j)",
    async ([place = []], context) => {
      await needs(String(place[1]), context);
      const hub = attach(http);
      hub.add_stream("plot", 8, 6);
      expect(warn).not.toHaveBeenCalled();
      await listening(...place);
      hub.add_stream("more", 8, 6);
      expect(warn).toHaveBeenCalledOnce();
      expect(warn.mock.calls[0]?.[0]).toMatch(
        /other machines can reach port \d+, and anyone could watch the stream "plot" and send it events; set its authenticate option, listen on 127\.0\.0\.1, or pass insecure: true to attach\(\)/,
      );
      await hub.close();
    },
  );

  it("warn on a server that listens already", async () => {
    await listening(0);
    const hub = attach(http);
    hub.add_stream("plot", 8, 6, { authenticate: () => true });
    expect(warn).not.toHaveBeenCalled();
    hub.add_stream("open", 8, 6);
    expect(warn.mock.calls[0]?.[0]).toContain('the stream "open"');
    await hub.close();
  });

  it.for(["127.0.0.1", "::1", "localhost"])("say nothing on %s", async (host, context) => {
    await needs(host, context);
    const hub = attach(http);
    hub.add_stream("plot", 8, 6);
    await listening(0, host);
    expect(warn).not.toHaveBeenCalled();
    await hub.close();
  });

  it.skipIf(process.platform === "win32")(
    "say nothing on a socket of the file system",
    async () => {
      const hub = attach(http);
      hub.add_stream("plot", 8, 6);
      await listening(join(disposables.folder(), "streams.sock"));
      expect(warn).not.toHaveBeenCalled();
      await hub.close();
    },
  );

  it("say nothing if the application wants it so, or has closed them", async () => {
    const before = http.listenerCount("listening");
    const wanted = attach(http, { path: "/wanted", insecure: true });
    wanted.add_stream("plot", 8, 6);
    const closed = attach(http, { path: "/closed" });
    closed.add_stream("plot", 8, 6);
    await closed.close();
    expect(http.listenerCount("listening")).toBe(before);
    await listening(0);
    expect(warn).not.toHaveBeenCalled();
    await wanted.close();
  });

  it("refuse another wish than a boolean", () => {
    const options = { insecure: "yes" } as unknown as { insecure: boolean };
    expect(() => attach(http, options)).toThrow('insecure: expected true or false, got "yes"');
  });
});
