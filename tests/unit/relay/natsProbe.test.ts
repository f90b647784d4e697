import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { probeNats } from "../../../src/relay/natsProbe";

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that does this with each connection. @returns its address */
function answering(onConnection: (socket: Socket) => void): Promise<string> {
  const listening = createServer((socket) => {
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  server = listening;
  return new Promise((resolve) => {
    listening.listen(0, "127.0.0.1", () => {
      resolve(`nats://127.0.0.1:${(listening.address() as AddressInfo).port}`);
    });
  });
}

describe("the probe of a NATS server", () => {
  it("succeeds when it greets, and leaves no connection behind", async () => {
    let ended: Promise<unknown> | undefined;
    const address = await answering((socket) => {
      ended = new Promise((resolve) => socket.on("close", resolve));
      socket.write('INFO {"server_id":"x"}\r\n');
    });
    await probeNats(address, 5000);
    await ended;
  });

  it.each([
    ["says nothing", () => undefined, /nothing came in 0.05 s; is that a NATS server\?/],
    ["is another one", (socket: Socket) => socket.write("HTTP/1.1 400\r\n"), /isn't a NATS server/],
    ["hangs up", (socket: Socket) => socket.end(), /was closed; is that a NATS server\?/],
  ])("fails when it %s, and leaves no connection behind", async (_, act, expected) => {
    let ended: Promise<unknown> | undefined;
    const address = await answering((socket) => {
      ended = new Promise((resolve) => socket.on("close", resolve));
      socket.resume();
      act(socket);
    });
    await expect(probeNats(address, act.length === 0 ? 50 : 5000)).rejects.toThrow(expected);
    await ended;
  });

  it("fails when nothing listens", async () => {
    const address = await answering(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    await expect(probeNats(address, 5000)).rejects.toThrow("ECONNREFUSED");
  });
});
