/** Tries the WebSocket route on this machine. */
import { createRequire } from "node:module";
import { errorMessage } from "../protocol/errors";

/** The result of the trial. */
export interface ServerReport {
  /** The package and its version, "ws 8.23.0"; undefined if it is missing. */
  readonly webSockets: string | undefined;
  /** Why a viewer could not connect to 127.0.0.1; undefined if it could. */
  readonly problem: string | undefined;
}

/** Milliseconds for the handshake on the same machine, which takes some 10. */
const TIMEOUT_MS = 5000;

/**
 * Starts a server on a free port of 127.0.0.1, and connects to it as a viewer does. Never rejects.
 */
export async function tryServer(): Promise<ServerReport> {
  return { webSockets: webSocketPackage(), problem: await problemOf(connect) };
}

async function problemOf(trial: () => Promise<void>): Promise<string | undefined> {
  try {
    await trial();
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

function webSocketPackage(): string | undefined {
  try {
    const { version } = createRequire(__filename)("ws/package.json") as { version: string };
    return `ws ${version}`;
  } catch {
    return undefined;
  }
}

async function connect(): Promise<void> {
  // Loaded here, so that doctor reports a missing part instead of failing.
  const { serve } = await import("../server/index.js");
  const { WebSocket } = await import("ws");
  const display = await serve(16, 16, { port: 0, has_h264: false });
  const socket = new WebSocket(display.ws_url ?? "", { handshakeTimeout: TIMEOUT_MS });
  try {
    await new Promise<void>((resolve, reject) => {
      const supported = ["image/jpeg", "image/png"];
      const hello = { type: "hello", supported, device_pixel_ratio: 1 };
      socket.on("open", () => socket.send(JSON.stringify(hello)));
      // The server's answer to the hello.
      socket.on("message", () => resolve());
      socket.on("error", reject);
      socket.on("close", (code) => reject(new Error(`the connection was closed, code ${code}`)));
    });
  } finally {
    socket.terminate();
    await display.close();
  }
}
