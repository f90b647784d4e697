import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tryAptInstall } from "../../../scripts/lib/apt.mjs";
import { at } from "../../../scripts/lib/paths.mjs";
import { forget } from "../../../scripts/lib/stamp.mjs";
import { disposedAfterEach } from "../../support/disposables";

/** What no other test installs. */
const WHAT = `test-${process.pid}`;
const STAMP = `lib/.stamps/apt-${WHAT}`;
const HOUR = 60 * 60 * 1000;

const disposables = disposedAfterEach();
let folder: string;
/** What was said. */
let said: string[];
beforeEach(() => {
  folder = disposables.folder();
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"] ?? ""}`);
  said = [];
  vi.spyOn(console, "log").mockImplementation((line) => void said.push(String(line)));
});
afterEach(() => {
  vi.unstubAllEnvs();
  forget(STAMP);
});

/** Puts an apt-get into the search path, which only notes what it was asked for. */
function fakeApt(exitCode: number): void {
  const script = `#!/bin/sh\necho "$*" >> ${JSON.stringify(join(folder, "asked"))}\nexit ${exitCode}\n`;
  writeFileSync(join(folder, "apt-get"), script, { mode: 0o755 });
}

/** How often apt-get was started since the last call. */
function asked(): number {
  const file = join(folder, "asked");
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  rmSync(file, { force: true });
  return lines.length;
}

/** Makes the failure older. */
function letPass(ms: number): void {
  const { atime, mtime } = statSync(at(STAMP));
  utimesSync(at(STAMP), atime, new Date(mtime.getTime() - ms));
}

const wish = (packages = ["firefox-esr"], isThere = () => false) => ({
  ...{ what: WHAT, packages, isThere },
});

describe.skipIf(process.platform === "win32")("installing by apt-get", () => {
  it("isn't tried again for a day after it has failed, and says so", () => {
    fakeApt(100);
    tryAptInstall(wish());
    expect(asked()).toBe(1);
    expect(said.join("\n")).toContain("apt-get can't install firefox-esr");
    said = [];
    tryAptInstall(wish());
    expect(asked()).toBe(0);
    expect(said).toEqual([
      expect.stringMatching(`apt-get failed on .*to retry now, delete ${STAMP}`),
    ]);
    letPass(23 * HOUR);
    tryAptInstall(wish());
    expect(asked()).toBe(0);
    letPass(2 * HOUR);
    tryAptInstall(wish());
    expect(asked()).toBe(1);
  });

  it("is tried again for other packages, and when the file is gone", () => {
    fakeApt(100);
    tryAptInstall(wish());
    tryAptInstall(wish(["firefox-esr", "gstreamer1.0-libav"]));
    expect(asked()).toBe(2);
    forget(STAMP);
    tryAptInstall(wish(["firefox-esr", "gstreamer1.0-libav"]));
    expect(asked()).toBe(1);
  });

  it("that brings nothing counts as a failure", () => {
    fakeApt(0);
    tryAptInstall(wish());
    expect(asked()).toBe(2);
    tryAptInstall(wish());
    expect(asked()).toBe(0);
  });

  it("is forgotten when it has worked: what is removed later is installed again", () => {
    fakeApt(0);
    tryAptInstall(wish(undefined, () => true));
    expect(existsSync(at(STAMP))).toBe(false);
    tryAptInstall(wish());
    expect(asked()).toBe(4);
  });
});
