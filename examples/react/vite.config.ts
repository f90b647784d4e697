import type { Server } from "node:http";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { addStreams } from "./server/streams.ts";

/** Adds the streams to Vite's server, for `vite` and for `vite preview`. */
function streams(): Plugin {
  const add = ({ httpServer }: { readonly httpServer: unknown }): void => {
    const server = httpServer as Server;
    const hub = addStreams(server);
    server.once("close", () => void hub.close());
  };
  return { name: "streams", configureServer: add, configurePreviewServer: add };
}

export default defineConfig({ plugins: [react(), streams()] });
