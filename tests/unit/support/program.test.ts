import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { disposedAfterEach } from "../../support/disposables";
import { describeEnding, endingOf, Program } from "../../support/program";

const disposables = disposedAfterEach();

/** Starts a script of Node, which prints a line once it runs. */
async function start(script: string, isGroup = false): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", `${script}; console.log("runs " + process.pid)`], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: isGroup,
  });
  disposables.add(() => new Program("it", child, { isGroup }).signal("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

const FOREVER = "setInterval(() => {}, 1000)";
const DEAF = `process.on("SIGTERM", () => {}); ${FOREVER}`;
const never = (): Promise<boolean> => Promise.resolve(false);
/** A program that isn't there. */
const missing = (): ChildProcess => spawn("/nowhere/browser", [], { stdio: "ignore" });

describe("how a program ended", () => {
  it("is an exit code, a signal, or that it could not be started", async () => {
    const left = await endingOf(spawn(process.execPath, ["-e", "process.exit(3)"]));
    expect(left).toEqual({ code: 3, signal: null });
    const child = await start(FOREVER);
    const killed = endingOf(child);
    child.kill("SIGKILL");
    expect(await killed).toEqual({ code: null, signal: "SIGKILL" });
    expect(await endingOf(child)).toEqual(await killed);
    const absent = await endingOf(missing());
    expect([left, await killed, absent].map(describeEnding)).toEqual([
      ...["exit code 3", "killed by SIGKILL"],
      "it couldn't be started: spawn /nowhere/browser ENOENT",
    ]);
  });
});

describe("a program that doesn't become ready", () => {
  it("is named with the reason: missing, killed, or too slow", async () => {
    await expect(new Program("Firefox", missing()).ready(never)).rejects.toThrow(
      /^Firefox ended before it was ready: it couldn't be started: spawn .* ENOENT$/,
    );
    const child = await start(FOREVER);
    const killed = new Program("the driver", child, { log: () => "its log" }).ready(never);
    child.kill("SIGKILL");
    await expect(killed).rejects.toThrow(
      /^the driver ended before it was ready: killed by SIGKILL\nits log$/,
    );
    const silent = new Promise<string>(() => undefined);
    await expect(new Program("a display", missing()).first(silent)).rejects.toThrow(
      /^a display ended before it was ready/,
    );
  });

  it("is ended when its time is over, or the look for it fails", async () => {
    const looks: ((program: Program) => Promise<unknown>)[] = [
      (program) => program.ready(never, 0),
      (program) => program.first(new Promise(() => undefined), 0),
      (program) => program.first(Promise.reject(new Error("no display"))),
    ];
    for (const look of looks) {
      const program = new Program("the driver", await start(FOREVER));
      await expect(look(program)).rejects.toThrow(/isn't ready after 0 ms|no display/);
      expect(await program.ended).toEqual({ code: null, signal: "SIGTERM" });
    }
  });
});

describe("the end of a program", () => {
  it("is awaited, and asked for as often as one likes", async () => {
    const program = new Program("it", await start(FOREVER));
    const ending = { code: null, signal: "SIGTERM" };
    expect(await Promise.all([program.end(), program.end()])).toEqual([ending, ending]);
    expect(await program.end("SIGKILL")).toEqual(ending);
    expect(await new Program("it", missing()).end()).toMatchObject({ code: null, signal: null });
  });

  it("is forced when it doesn't come", async () => {
    const program = new Program("it", await start(DEAF));
    expect(await program.end("SIGTERM", 50)).toEqual({ code: null, signal: "SIGKILL" });
  });

  it.skipIf(process.platform === "win32")("is that of what it started, too", async () => {
    // The child has the leader's output, which closes when both have ended.
    const child = `["-e", ${JSON.stringify(DEAF)}], { stdio: ["ignore", "inherit", "ignore"] }`;
    const script = `require("node:child_process").spawn(process.execPath, ${child}); ${FOREVER}`;
    const leader = await start(script, true);
    const closed = once(leader, "close");
    const program = new Program("it", leader, { isGroup: true });
    leader.kill("SIGKILL");
    await program.ended;
    // The group still has a member: this throws where it has none.
    process.kill(-(leader.pid ?? 0), 0);
    await program.end();
    await closed;
  });
});
