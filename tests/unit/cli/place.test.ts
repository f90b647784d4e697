import { describe, expect, it } from "vitest";
import { defaultUserDataDirectory, findPlace } from "../../../src/cli/place";
import type { PythonFacts } from "../../../src/cli/python";
import type { System } from "../../../src/cli/system";

function system(
  platform: NodeJS.Platform,
  homeDirectory: string,
  env: Record<string, string> = {},
): System {
  return {
    platform,
    env,
    homeDirectory,
    workingDirectory: platform === "win32" ? "C:\\work" : "/work",
    run: () => ({ status: 1, stdout: "", stderr: "" }),
    print: () => undefined,
    stopSignal: () => new AbortController().signal,
  };
}

const linux = system("linux", "/home/ada");

function python(facts: Partial<PythonFacts> = {}): () => PythonFacts {
  return () => ({
    executable: "/env/bin/python",
    prefix: "/env",
    isEnvironment: true,
    userDataDirectory: "/home/ada/.local/share/jupyter",
    canInstallKernels: true,
    hasWidgets: true,
    ...facts,
  });
}

describe("findPlace", () => {
  it("chooses the environment of a Python that lies in one, and says so", () => {
    const place = findPlace(linux, { kind: "auto" }, python(), false);
    expect(place).toMatchObject({
      dataDirectory: "/env/share/jupyter",
      tslabArguments: ["--sys-prefix"],
      ownArguments: "--sys-prefix",
    });
    expect(place.description).toContain("/env");
  });

  it("chooses the user's folder for a system's Python, which is not to be written to", () => {
    const place = findPlace(linux, { kind: "auto" }, python({ isEnvironment: false }), false);
    expect(place).toMatchObject({
      dataDirectory: "/home/ada/.local/share/jupyter",
      tslabArguments: ["--user"],
    });
  });

  it("takes the environment or the user's folder when told so, whatever the Python is", () => {
    const outside = python({ isEnvironment: false, prefix: "/usr" });
    expect(findPlace(linux, { kind: "sys-prefix" }, outside, false).dataDirectory).toBe(
      "/usr/share/jupyter",
    );
    expect(findPlace(linux, { kind: "user" }, python(), false).dataDirectory).toBe(
      "/home/ada/.local/share/jupyter",
    );
  });

  it("takes a prefix from the working folder, without a Python", () => {
    const place = findPlace(
      linux,
      { kind: "prefix", directory: "here" },
      () => {
        throw new Error("asked for a Python");
      },
      false,
    );
    expect(place).toMatchObject({
      dataDirectory: "/work/here/share/jupyter",
      tslabArguments: ["--prefix", "/work/here"],
    });
  });

  it.each([
    [{ kind: "auto" }, "--sys-prefix --python /env/bin/python"],
    [{ kind: "sys-prefix" }, "--sys-prefix --python /env/bin/python"],
    [{ kind: "user" }, "--user --python /env/bin/python"],
    [{ kind: "prefix", directory: "here" }, "--prefix /work/here"],
  ] as const)(
    "tells the arguments that mean the place of a named Python: %j",
    (scope, expected) => {
      expect(findPlace(linux, scope, python(), true).ownArguments).toBe(expected);
    },
  );

  it.each([
    ["linux", "/my envs/it's/python", `'/my envs/it'\\''s/python'`],
    ["linux", "/$HOME/python", "'/$HOME/python'"],
    ["win32", "C:\\env\\python.exe", "C:\\env\\python.exe"],
    ["win32", "C:\\Program Files\\python.exe", '"C:\\Program Files\\python.exe"'],
  ] as const)("quotes on %s what its shell would take apart: %s", (platform, executable, word) => {
    const facts = python({ executable });
    const place = findPlace(system(platform, "/home/ada"), { kind: "sys-prefix" }, facts, true);
    expect(place.ownArguments).toBe(`--sys-prefix --python ${word}`);
  });

  it("works out the user's folder when Python has no jupyter_core", () => {
    const bare = python({ userDataDirectory: undefined });
    expect(findPlace(linux, { kind: "user" }, bare, false).dataDirectory).toBe(
      "/home/ada/.local/share/jupyter",
    );
  });
});

describe("defaultUserDataDirectory", () => {
  it.each([
    ["linux", "/home/ada", {}, "/home/ada/.local/share/jupyter"],
    ["linux", "/home/ada", { XDG_DATA_HOME: "/data" }, "/data/jupyter"],
    ["linux", "/home/ada", { XDG_DATA_HOME: "" }, "/home/ada/.local/share/jupyter"],
    ["linux", "/home/ada", { JUPYTER_DATA_DIR: "/j" }, "/j"],
    ["darwin", "/Users/ada", {}, "/Users/ada/Library/Jupyter"],
    ["win32", "C:\\Users\\ada", { APPDATA: "C:\\App" }, "C:\\App\\jupyter"],
    ["win32", "C:\\Users\\ada", {}, "C:\\Users\\ada\\AppData\\Roaming\\jupyter"],
  ] as const)("is jupyter_core's on %s at %s with %j", (platform, home, env, expected) => {
    expect(defaultUserDataDirectory(system(platform, home, env))).toBe(expected);
  });
});
