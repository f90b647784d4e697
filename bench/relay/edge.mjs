/** An edge in a process of its own, which says on the IPC channel what it costs. */
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { at } from "../../scripts/lib/paths.mjs";

setFlagsFromString("--expose_gc");
/** @type {() => void} */
const collectGarbage = runInNewContext("gc");

const require = createRequire(import.meta.url);
const { serve_edge } = require(at("lib", "server", "index.js"));
const [nats = "", edge_name = ""] = process.argv.slice(2);
const edge = await serve_edge({ nats, port: 0, edge_name });

process.on("message", (/** @type {{ collect?: boolean }} */ { collect }) => {
  if (collect === true) collectGarbage();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({
    cpuMs: (user + system) / 1000,
    ...{ rss, heap: heapUsed + external, at: performance.now() },
  });
});
process.send?.({ url: `${edge.ws_url}bench` });
