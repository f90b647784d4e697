import type { Server } from "node:http";
import { attach, type Hub } from "jupyter-rfb-ts/server";
import { Julia } from "./julia.ts";

/** Adds the streams to an HTTP server: the page shows them at /rfb/NAME. */
export function addStreams(server: Server): Hub {
  const hub = attach(server, { path: "/rfb" });
  // The page shows the reports.
  hub.add_stream("julia", new Julia(), { stats_interval: 1 });
  return hub;
}
