import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePorts, listenAnywhere } from "../../../scripts/lib/ports.mjs";
import { disposedAfterEach } from "../../support/disposables";

const disposables = disposedAfterEach();

/** Listens on a port. @throws Error (as a rejection) when it is taken */
function listen(port: number): Promise<void> {
  const server = createServer();
  disposables.add(() => server.close());
  return new Promise((resolve, reject) => {
    server.on("error", reject).listen(port, "127.0.0.1", resolve);
  });
}

describe("free ports", () => {
  it("are all different, and servers can listen on all of them at once", async () => {
    const ports = await freePorts(50);
    expect(new Set(ports).size).toBe(50);
    await Promise.all(ports.map(listen));
  });
});

it("a server that listens on a free port reports its later errors itself", async () => {
  const server = createServer();
  disposables.add(() => server.close());
  await listenAnywhere(server);
  expect(() => server.emit("error", new Error("later"))).toThrow("later");
});
