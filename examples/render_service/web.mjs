/**
 * Serves the page, and asks the workers for a session for each user.
 *
 *   EDGE_URL=ws://127.0.0.1:8770 node web.mjs [port]     then open the address that it prints
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { NoRespondersError } from "@nats-io/transport-node";
import { aliveSubject, connectNats, NEW_SESSION } from "./nats.mjs";

const EDGE_URL = process.env.EDGE_URL ?? "ws://127.0.0.1:8770";
/** How long a worker may take to answer, in milliseconds. */
const TIMEOUT = 5000;

const nats = await connectNats("web");
const files = {
  "/": [new URL("index.html", import.meta.url), "text/html"],
  "/element.mjs": [new URL(import.meta.resolve("jupyter-rfb-ts/element")), "text/javascript"],
  "/index.mjs": [new URL(import.meta.resolve("jupyter-rfb-ts/client")), "text/javascript"],
};

let isConnected = true;
async function watchConnection() {
  for await (const { type } of nats.status()) {
    if (type === "disconnect" || type === "reconnect") isConnected = type === "reconnect";
  }
}
watchConnection();

/** @returns the status and the body of the response */
async function newSession() {
  // Requests that wait until NATS is back would take places for users who have given up.
  if (!isConnected) return [503, { error: "NATS can't be reached" }];
  try {
    const answer = (await nats.request(NEW_SESSION, "", { timeout: TIMEOUT })).json();
    if (answer.error) return [502, answer];
    return [200, { ...answer, url: `${EDGE_URL}/${answer.name}` }];
  } catch (error) {
    if (error.cause instanceof NoRespondersError) {
      return [503, { error: "No worker has a free place" }];
    }
    console.error(error);
    return [504, { error: "The workers don't answer" }];
  }
}

/** Whether a worker has the session. NATS knows at once when a worker's connection is closed. */
async function isAlive(name) {
  try {
    if (isConnected) await nats.request(aliveSubject(name), "", { timeout: TIMEOUT });
    return true;
  } catch {
    // Without NATS nobody knows. The session may come back with it.
    return !isConnected;
  }
}

const http = createServer(async (request, response) => {
  const { method, url, headers } = request;
  const [, name] = /^\/session\/([\w-]{22})$/.exec(url) ?? [];
  const [file, type] = files[url] ?? [];
  response.setHeader("Cache-Control", "no-store");
  if (method === "POST" && url === "/session") {
    // A page of another site must not take places.
    const isForeign = (headers["sec-fetch-site"] ?? "same-origin") !== "same-origin";
    const [status, body] = isForeign ? [403, { error: "Not from here" }] : await newSession();
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  } else if (name !== undefined) {
    response.writeHead((await isAlive(name)) ? 204 : 404).end();
  } else if (file !== undefined) {
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.end(await readFile(file));
  } else response.writeHead(404).end("not found");
});

http.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  console.log(`open http://127.0.0.1:${http.address().port}/`);
});

process.once("SIGINT", stop).once("SIGTERM", stop);
function stop() {
  http.closeAllConnections();
  http.close();
  return nats.close();
}
