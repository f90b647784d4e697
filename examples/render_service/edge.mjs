/**
 * Shows the sessions of all workers. Start as many as your viewers need.
 *
 *   node edge.mjs [port]
 */
import { serve_edge } from "jupyter-rfb-ts/server";
import { NATS_URL } from "./nats.mjs";

const edge = await serve_edge({
  nats: NATS_URL,
  port: Number(process.argv[2] ?? 8770),
  // Viewers must know a session's name. Without a hello it is a request for the list of all names.
  authenticate: ({ hello }) => hello !== undefined,
});
console.log(`The edge is at ${edge.ws_url}`);

process.once("SIGINT", stop).once("SIGTERM", stop);
function stop() {
  return edge.close();
}
