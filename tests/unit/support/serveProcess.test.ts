import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { disposedAfterEach } from "../../support/disposables";
import { CommandProcess } from "../../support/serveProcess";

const disposables = disposedAfterEach();

/** Runs a script. */
function run(script: string): CommandProcess {
  const path = join(disposables.folder(), "command.cjs");
  writeFileSync(path, script);
  const command = new CommandProcess([], {}, path);
  disposables.add(() => command.stop("SIGKILL"));
  return command;
}

describe("a command that doesn't print what a test waits for", () => {
  it("is named with what it did instead: it ended, was ended, or ran on", async () => {
    const left = run('console.error("the port is taken"); process.exitCode = 1;');
    await expect(left.printed(/^Open/)).rejects.toThrow(
      "The command ended, exit code 1, before it printed /^Open/: the port is taken",
    );
    const killed = run('process.kill(process.pid, "SIGKILL");');
    await expect(killed.printed(/^Open/)).rejects.toThrow(
      "The command ended, killed by SIGKILL, before",
    );
    const silent = run('console.log("ready"); setInterval(() => {}, 1000);');
    await silent.printed(/ready/);
    await expect(silent.printed(/^Open/, 10)).rejects.toThrow("The command ran for 10 ms before");
    expect(await silent.stop()).toMatchObject({ code: null, signal: "SIGTERM", stdout: "ready\n" });
  });
});
