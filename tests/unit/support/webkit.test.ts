import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { startWebkit } from "../../browsers/support/webkit";
import { disposedAfterEach } from "../../support/disposables";

const disposables = disposedAfterEach();
let folder: string;
beforeEach(() => {
  folder = disposables.folder();
});

/** Writes a program, which notes its process, and then runs a script of Node. @returns its path */
function program(name: string, script: string): string {
  const path = join(folder, name);
  const note = `require("node:fs").writeFileSync(${JSON.stringify(`${path}.pid`)}, String(process.pid));`;
  writeFileSync(path, `#!${process.execPath}\n${note}\n${script}\n`, { mode: 0o755 });
  return path;
}

/** Whether the program of this name runs, which has run. */
function runs(name: string): boolean {
  try {
    return process.kill(Number(readFileSync(join(folder, `${name}.pid`), "utf8")), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** A display that has a number. */
const DISPLAY = `require("node:fs").writeSync(3, "7\\n"); setInterval(() => {}, 1000);`;
/** A driver that is ready. @param start - answers a request for a session */
const driver = (start: string): string => `
  const port = Number(process.argv.find((one) => one.startsWith("--port=")).slice(7));
  require("node:http").createServer((request, response) => {
    if (request.url === "/status") response.end("{}");
    else ${start};
  }).listen(port, "127.0.0.1");`;

const start = (paths: { readonly display: string; readonly driver: string }) =>
  startWebkit({ ...paths, browser: "/nowhere/MiniBrowser" });

describe.skipIf(process.platform === "win32")("WebKitGTK that doesn't start", () => {
  it("leaves nothing, and says what is wrong: no display", async () => {
    const missing = start({ display: "/nowhere/Xvfb", driver: "/nowhere/driver" });
    await expect(missing).rejects.toThrow(
      /^the display ended before it was ready: it couldn't be started: .*ENOENT/,
    );
    const mute = program("mute", "process.exitCode = 4;");
    await expect(start({ display: mute, driver: "/nowhere/driver" })).rejects.toThrow(
      "the display ended before it was ready: exit code 4",
    );
    const strange = program("strange", DISPLAY.replace("7", "none"));
    await expect(start({ display: strange, driver: "/nowhere/driver" })).rejects.toThrow(
      'Expected the number of a display, got "none"',
    );
    expect(["mute", "strange"].map(runs)).toEqual([false, false]);
  });

  it("leaves nothing, and says what is wrong: a driver that is missing, or killed", async () => {
    const display = program("display", DISPLAY);
    await expect(start({ display, driver: "/nowhere/driver" })).rejects.toThrow(
      /^WebKit's driver ended before it was ready: it couldn't be started: .*ENOENT/,
    );
    expect(runs("display")).toBe(false);
    const killed = program("killed", 'process.kill(process.pid, "SIGKILL");');
    await expect(start({ display, driver: killed })).rejects.toThrow("killed by SIGKILL");
    expect(runs("display")).toBe(false);
  });

  it("leaves nothing, and says what is wrong: no session, or none in time", async () => {
    const display = program("display", DISPLAY);
    const refusal = JSON.stringify({ value: { error: "session not created", message: "why" } });
    const refusing = driver(`response.writeHead(500).end(${JSON.stringify(refusal)})`);
    await expect(start({ display, driver: program("refusing", refusing) })).rejects.toThrow(
      "session not created: why (POST /session)",
    );
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => timeout(Math.min(ms, 500)));
    const silent = program("silent", driver("undefined"));
    await expect(start({ display, driver: silent })).rejects.toThrow(/timeout/);
    expect(["display", "refusing", "silent"].map(runs)).toEqual([false, false, false]);
  });
});
