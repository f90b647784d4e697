/** Native encoders that crash, fail or are not for this Node, tried in real processes. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { WorkerEncoders } from "../../src/framebuffer/encoders/image/workerEncoders";
import {
  probeNative,
  nameForNode,
  refusalOf,
  type TryCodec,
} from "../../src/framebuffer/encoders/probe/nativeProbe";
import { tryProgram } from "../../src/framebuffer/encoders/probe/tryProgram";
import { disposedAfterEach } from "../support/disposables";

const disposables = disposedAfterEach();
let folder: string;
beforeEach(() => {
  folder = disposables.folder();
});

/** Installs a package of one file into a folder of this test. */
function install(name: string, version: string, text: string, into = "a"): string {
  const home = join(folder, into);
  const file = join(home, "node_modules", name, "index.js");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(join(dirname(file), "package.json"), JSON.stringify({ name, version }));
  writeFileSync(file, text);
  return home;
}

const neverTried: TryCodec = () => Promise.reject(new Error("it was tried"));

describe("trying a native encoder", () => {
  it("outlives one that aborts, and tells how it ended", async () => {
    const home = install("sharp", "9.9.9", "process.abort();");
    const result = await probeNative("sharp", [home]);
    expect(result).toMatchObject({ works: false, isInstalled: true });
    expect(result).toHaveProperty("problem", expect.stringMatching(/sharp 9\.9\.9 .*SIGABRT/));
  });

  it("refuses one that crashes when its process ends, after it has encoded", async () => {
    const real = createRequire(import.meta.url).resolve("sharp");
    const home = install(
      "sharp",
      "9.9.9",
      `process.on("exit", () => process.abort()); module.exports = require(${JSON.stringify(real)});`,
    );
    expect(await probeNative("sharp", [home])).toMatchObject({ works: false });
  });

  it("tells what one throws", async () => {
    const home = install("sharp", "9.9.9", 'throw new Error("no such processor");');
    const result = await probeNative("sharp", [home]);
    expect(result).toHaveProperty(
      "problem",
      expect.stringMatching(/no such processor; npm install sharp again/),
    );
  });

  it("refuses one whose files are no images", async () => {
    const home = install(
      "@julusian/jpeg-turbo",
      "2.0.0",
      "module.exports = { bufferSize: () => 100, compress: async () => Buffer.alloc(10) };",
    );
    const result = await probeNative("jpeg-turbo", [home]);
    expect(result).toHaveProperty(
      "problem",
      expect.stringContaining("expected a file of type image/jpeg, got 10 bytes"),
    );
  });

  it("refuses one that never answers", async () => {
    const home = install(
      "@julusian/jpeg-turbo",
      "2.0.0",
      "module.exports = { bufferSize: () => 100, compress: () => new Promise(() => {}) };",
    );
    const result = await probeNative("jpeg-turbo", [home]);
    expect(result).toMatchObject({ works: false, isInstalled: true });
    expect(result).toHaveProperty("problem", expect.stringContaining("it never answers"));
  });

  it("takes the notebook's where the package's own does not work", async () => {
    const broken = install("sharp", "9.9.9", "process.abort();");
    const real = createRequire(import.meta.url).resolve("sharp");
    const good = install(
      "sharp",
      "8.8.8",
      `module.exports = require(${JSON.stringify(real)});`,
      "b",
    );
    const result = await probeNative("sharp", [broken, good]);
    expect(result).toMatchObject({ works: true, version: "8.8.8" });
  });

  it("says that what is in none of the folders is not installed", async () => {
    // npm never has a package of this name where the test's folder lies.
    const result = await probeNative("jpeg-turbo", [folder], neverTried);
    expect(result).toEqual({
      works: false,
      isInstalled: false,
      problem: `@julusian/jpeg-turbo is not installed; npm install ${nameForNode("jpeg-turbo", process.versions.node)}`,
    });
  });

  it("lets auto take the next when the first aborts", async () => {
    const home = install("@julusian/jpeg-turbo", "2.0.0", "process.abort();");
    const encoders = new WorkerEncoders((library) =>
      library === "sharp" ? probeNative(library) : probeNative(library, [home]),
    );
    try {
      expect((await encoders.get("jpeg", false, "auto")).name).toMatch(/^sharp /);
    } finally {
      encoders.dispose();
    }
  });
});

describe("a program that cannot even be started", () => {
  it("is told like one that fails", async () => {
    // No process takes such an argument.
    expect(await tryProgram("nativeProbeProgram", "\0")).toContain("null bytes");
  });
});

describe("jpeg-turbo 3", () => {
  it.each([
    ["2.3.0", "20.20.2", true],
    ["3.0.1", "20.20.2", false],
    ["3.0.1", "22.17.1", false],
    ["3.0.1", "22.18.0", true],
    ["4.0.0", "24.1.0", true],
  ])("%s on Node %s: taken: %s", (version, node, isTaken) => {
    const refusal = refusalOf("jpeg-turbo", version, node);
    if (isTaken) expect(refusal).toBeUndefined();
    else expect(refusal).toMatch(/needs Node 22\.18 .*npm install @julusian\/jpeg-turbo@2/);
  });

  it("is not what an older Node is told to install", () => {
    expect(nameForNode("jpeg-turbo", "20.20.2")).toBe("@julusian/jpeg-turbo@2");
    expect(nameForNode("jpeg-turbo", "22.18.0")).toBe("@julusian/jpeg-turbo");
    expect(nameForNode("sharp", "20.20.2")).toBe("sharp");
  });
});
