import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePorts } from "../../../scripts/lib/ports.mjs";

describe("free ports", () => {
  it("are all different, and one can be listened on", async () => {
    const ports = await freePorts(50);
    expect(new Set(ports).size).toBe(50);
    const [port = 0] = ports;
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.on("error", reject).listen(port, "127.0.0.1", resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  });
});
