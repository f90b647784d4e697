import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Disposables } from "../../support/disposables";

/** What was started, as a name. */
const started = (name: string): Promise<string> => Promise.resolve(name);

describe("what tests have started", () => {
  it("ends in reverse order, once", async () => {
    const ended: string[] = [];
    const disposables = new Disposables();
    await disposables.own(started("server"), (name) => ended.push(name));
    await disposables.own(started("browser"), (name) => ended.push(name));
    disposables.add(() => ended.push("page"));
    await disposables.dispose();
    await disposables.dispose();
    expect(ended).toEqual(["page", "browser", "server"]);
  });

  it("has no folders left", async () => {
    const disposables = new Disposables();
    const folders = [disposables.folder(), disposables.folder()];
    for (const folder of folders) writeFileSync(join(folder, "file"), "");
    await disposables.dispose();
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  });

  it("ends where another one couldn't be started, also when it is started only later", async () => {
    const ended: string[] = [];
    const disposables = new Disposables();
    let finish: (name: string) => void = () => undefined;
    const slow = new Promise<string>((resolve) => (finish = resolve));
    const failing = Promise.reject(new Error("no browser"));
    const both = Promise.all([
      disposables.own(slow, (name) => ended.push(name)),
      disposables.own(failing, () => ended.push("never")),
    ]);
    await expect(both).rejects.toThrow("no browser");
    const disposing = disposables.dispose();
    finish("server");
    await disposing;
    expect(ended).toEqual(["server"]);
  });

  it("ends where another one couldn't be ended, which is reported", async () => {
    const ended: string[] = [];
    const disposables = new Disposables();
    const fail = (what: string) => () => Promise.reject(new Error(what));
    disposables.add(() => ended.push("server"));
    disposables.add(fail("the browser hangs"));
    disposables.add(() => ended.push("page"));
    await expect(disposables.dispose()).rejects.toThrow(/^the browser hangs$/);
    expect(ended).toEqual(["page", "server"]);
    for (const what of ["one", "two"]) disposables.add(fail(what));
    await expect(disposables.dispose()).rejects.toThrow("Cannot end all: Error: two; Error: one");
  });
});
