import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A web server that listens. */
export interface ListeningServer {
  /** Its URL, without a slash at the end. */
  readonly url: string;
  /** Ends it, with its connections. */
  stop(): Promise<void>;
}

/** Starts a web server on a free port of 127.0.0.1. */
export async function listen(answer: RequestListener): Promise<ListeningServer> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
