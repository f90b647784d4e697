/** An edge in a process of its own: `node edgeProcess.mjs NATS ORIGIN`. It sends its address to its parent. */
import { createRequire } from "node:module";

const { serve_edge } = createRequire(import.meta.url)("../../lib/server/index.js");
const [nats, origin] = process.argv.slice(2);
const edge = await serve_edge({ nats, port: 0, origins: [origin] });
process.send?.(edge.ws_url);
