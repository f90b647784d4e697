import { connect } from "node:net";
import { nodeRuntime, patientDelay } from "../framebuffer/node";

/**
 * Waits until a server greets as NATS does. Its client would wait for a server that accepts
 * connections and says nothing, and keep the connection after it has given up.
 *
 * @param server - an address such as "nats://host:4222"
 * @throws Error (as a rejection) if nothing answers, or something else does
 */
export function probeNats(server: string, milliseconds: number): Promise<void> {
  const { hostname, port } = new URL(server);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
    const end = (error?: Error): void => {
      timer.dispose();
      socket.removeAllListeners();
      // What comes after the first answer doesn't matter.
      socket.on("error", () => undefined);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const timer = patientDelay(nodeRuntime, milliseconds / 1000, () => {
      end(new Error(`nothing came in ${milliseconds / 1000} s; is that a NATS server?`));
    });
    socket.once("error", end);
    socket.once("close", () => end(new Error("the connection was closed; is that a NATS server?")));
    socket.once("data", (data) => {
      const isNats = data.toString("latin1").startsWith("INFO ");
      end(isNats ? undefined : new Error("what answers there isn't a NATS server"));
    });
  });
}
