/** Finds ports for servers. */
import { createServer } from "node:net";

/** A port of this machine that nothing listens on now.
 * @returns {Promise<number>} */
export async function freePort() {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Different ports of this machine that nothing listens on now.
 * @param {number} count
 * @returns {Promise<number[]>} */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    // All are open at the same time: otherwise the system may return a port twice.
    return await Promise.all(servers.map(listenAnywhere));
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Makes a server listen on a free port of 127.0.0.1.
 * @param {import("node:net").Server} server
 * @returns {Promise<number>} its port */
export function listenAnywhere(server) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
