#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "./command";
import { awaitStop, runProgram } from "./system";

// This file is lib/cli/main.js of the package.
const directory = dirname(dirname(__dirname));
const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
  version: string;
};

/** Milliseconds in which output is written, once a command has ended. */
const LAST_OUTPUT_MS = 500;

let stop: AbortSignal | undefined;

// A reader such as head may leave early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void runCommand(
  process.argv.slice(2),
  {
    platform: process.platform,
    env: process.env,
    homeDirectory: homedir(),
    workingDirectory: process.cwd(),
    run: runProgram,
    print: (line) => {
      console.log(line);
    },
    stopSignal: () => (stop ??= awaitStop()),
  },
  { directory, version },
  (line) => {
    console.error(line);
  },
).then((code) => {
  process.exitCode = code;
  // Timers and connections of the user's module for --authenticate would keep the process running.
  if (stop?.aborted === true) setTimeout(() => process.exit(), LAST_OUTPUT_MS).unref();
});
