import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { root } from "../../../scripts/lib/paths.mjs";
import { copyOnce, once } from "../../../scripts/lib/stamp.mjs";
import { disposedAfterEach } from "../../support/disposables";

const disposables = disposedAfterEach();
let folder: string;
/** A path in the folder, relative to the root. */
let path: (name: string) => string;

beforeEach(() => {
  folder = disposables.folder();
  path = (name) => relative(root, join(folder, name));
});

const interrupt = (): never => {
  throw new Error("interrupted");
};

describe("a step with a stamp", () => {
  it("is done once for a fingerprint", () => {
    const done: string[] = [];
    const step = (print: string): boolean => once(path("stamp"), print, () => done.push(print));
    expect(["a", "a", "b"].map(step)).toEqual([true, false, true]);
    expect(done).toEqual(["a", "b"]);
  });

  it("that was interrupted is done again, also for the fingerprint before that", () => {
    once(path("stamp"), "a", () => undefined);
    expect(() => once(path("stamp"), "b", interrupt)).toThrow("interrupted");
    expect(once(path("stamp"), "a", () => undefined)).toBe(true);
  });
});

describe("a folder that is copied", () => {
  const copy = (): string[] => {
    copyOnce(path("stamp"), "print", path("from"), path("to"));
    return readdirSync(join(folder, "to"));
  };

  beforeEach(() => {
    mkdirSync(join(folder, "from"));
    for (const name of ["a", "b"]) writeFileSync(join(folder, "from", name), name);
  });

  it("is left as it is until the fingerprint changes", () => {
    expect(copy()).toEqual(["a", "b"]);
    writeFileSync(join(folder, "to", "c"), "");
    expect(copy()).toEqual(["a", "b", "c"]);
    copyOnce(path("stamp"), "another", path("from"), path("to"));
    expect(readdirSync(join(folder, "to"))).toEqual(["a", "b"]);
  });

  it("is copied again if it is gone, or only a part of it was copied", () => {
    copy();
    rmSync(join(folder, "to"), { recursive: true });
    expect(() => copyOnce(path("stamp"), "print", path("missing"), path("to"))).toThrow("ENOENT");
    mkdirSync(join(folder, "to"));
    writeFileSync(join(folder, "to", "a"), "a");
    expect(copy()).toEqual(["a", "b"]);
  });
});
