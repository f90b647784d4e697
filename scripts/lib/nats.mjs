/** Where nats-server is, which tests and benchmarks of streams for many viewers start. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { venvBin } from "./paths.mjs";
import { StepError } from "./run.mjs";

/** The path of nats-server: of NATS_SERVER_PATH, of .venv, which has it from PyPI, or of the system.
 * @returns {string} */
export function natsServerPath() {
  const places = [
    process.env.NATS_SERVER_PATH,
    join(venvBin, process.platform === "win32" ? "nats-server.exe" : "nats-server"),
    "/usr/sbin/nats-server",
    "/usr/local/bin/nats-server",
  ];
  const path = places.find((place) => place !== undefined && existsSync(place));
  if (path === undefined) throw new StepError("nats-server is missing: run npm run setup");
  return path;
}
