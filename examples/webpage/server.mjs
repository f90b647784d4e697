/**
 * A page with three viewers of two streams, and the server that draws them, on one port.
 *
 *   node server.mjs [port]     then open the address that it prints
 */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { attach } from "jupyter-rfb-ts/server";
import { createServer as createViteServer } from "vite";
import { Waves } from "./waves.mjs";

const port = Number(process.argv[2] ?? 5173);
const http = createServer();
const hub = attach(http, { path: "/rfb" });

// A class that draws when it is asked to, as in a notebook. It hears its viewers itself.
const waves = new Waves();
hub.add_stream("waves", waves);

// A loop that publishes what it draws.
const [width, height] = [480, 270];
const clock = hub.add_stream("clock", width, height);
const pixels = new Uint8Array(width * height * 3);
setInterval(() => {
  const x = Math.floor(((Date.now() % 4000) / 4000) * width);
  pixels.fill(24);
  for (let y = 0; y < height; y += 1) {
    pixels.fill(230, (y * width + x) * 3, (y * width + Math.min(width, x + 12)) * 3);
  }
  for (const { event } of clock.poll_events()) {
    if (event.event_type === "pointer_down") console.log("pressed at", event.x, event.y);
  }
  clock.publish({ data: pixels, shape: [height, width, 3] });
}, 1000 / 30);

// The page itself comes from Vite here; any web server will do.
const vite = await createViteServer({
  root: fileURLToPath(new URL(".", import.meta.url)),
  configFile: false,
  appType: "spa",
  server: { middlewareMode: true, hmr: { server: http } },
});
http.on("request", (request, response) => {
  hub.middleware(request, response, () => vite.middlewares(request, response));
});
http.listen(port, "127.0.0.1", () => {
  console.log(`open http://127.0.0.1:${http.address().port}/`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await hub.close();
    await vite.close();
    http.closeAllConnections();
    http.close(() => process.exit(0));
  });
}
