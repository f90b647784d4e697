import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../../src/cli/command";
import { listFiles } from "../../../src/cli/files";
import { manifestFile } from "../../../src/cli/manifest";
import type { ServerReport } from "../../../src/cli/serverTrial";
import type { Ended, System } from "../../../src/cli/system";
import type { ImageEncoderReport } from "../../../src/framebuffer/encoders/image/probeImageEncoders";
import type { VideoEncoderReport } from "../../../src/framebuffer/encoders/video/videoEncoders";
import { disposedAfterEach } from "../../support/disposables";

const disposables = disposedAfterEach();
/** A folder of this test with a package, a person's folder with tslab in it, and a place for Jupyter. */
let folder: string;
let own: { directory: string; version: string };
let person: string;
let prefix: string;
let data: string;
let printed: string[];
let errors: string[];
let pythonFacts: Record<string, unknown>;
/** What a Python says about itself. */
let answers: (program: string) => Record<string, unknown>;
let tslabFails: boolean;
let images: readonly ImageEncoderReport[];
let videos: readonly VideoEncoderReport[];
let server: ServerReport;
let env: Record<string, string>;

beforeEach(() => {
  folder = disposables.folder();
  own = { directory: join(folder, "package"), version: "1.2.3" };
  person = join(folder, "person");
  prefix = join(folder, "prefix");
  data = join(prefix, "share", "jupyter");
  printed = [];
  errors = [];
  tslabFails = false;
  const sharp = { what: "JPEG by sharp", name: "sharp 0.35.5", problem: undefined };
  images = [{ ...sharp, isAutomatic: true }];
  videos = [];
  server = { webSockets: "ws 8.23.0", problem: undefined };
  env = {};
  answers = () => pythonFacts;
  pythonFacts = {
    executable: "/py",
    prefix,
    environment: true,
    data: join(folder, "user"),
    kernels: true,
    widgets: true,
  };
  write(join(own.directory, "labextension", "package.json"), '{"version":"1.2.3"}');
  write(join(own.directory, "labextension", "static", "a.js"), "a");
  for (const file of ["dist/index.js", "nbextension/extension.js"]) {
    write(join(own.directory, file), "define();");
  }
  write(join(person, "node_modules", "tslab", "package.json"), '{"name":"tslab"}');
  write(join(person, "node_modules", ".bin", "tslab"), "");
  write(join(person, "node_modules", "@types", "node", "package.json"), "{}");
});

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const kernelJson = (binary: string): string => JSON.stringify({ argv: [binary, "kernel"] });

/** Stands in for Python and for `tslab install`. */
function run(program: string, args: readonly string[]): Ended {
  const good = { status: 0, stdout: "", stderr: "" };
  if (args[0] === "-c") {
    return program === "no-python"
      ? { status: null, stdout: "", stderr: "spawn no-python ENOENT" }
      : { ...good, stdout: JSON.stringify(answers(program)) };
  }
  if (tslabFails) return { status: 1, stdout: "", stderr: "tslab says no" };
  const after = (flag: string): string => args[args.indexOf(flag) + 1] ?? "";
  const at = args.includes("--prefix") ? after("--prefix") : String(pythonFacts["prefix"]);
  for (const name of ["tslab", "jslab"]) {
    const file = join(at, "share", "jupyter", "kernels", name, "kernel.json");
    write(file, kernelJson(after("--binary")));
  }
  return good;
}

function command(...argv: string[]): Promise<number> {
  const system: System = {
    platform: "linux",
    env,
    homeDirectory: folder,
    workingDirectory: person,
    run,
    print: (line) => printed.push(line),
    stopSignal: () => new AbortController().signal,
  };
  return runCommand(argv, system, own, (line) => errors.push(line), {
    images: () => Promise.resolve(images),
    videos: () => Promise.resolve(videos),
    server: () => Promise.resolve(server),
  });
}

describe("install", () => {
  it("puts kernels and extension where Jupyter looks and says what it wrote", async () => {
    expect(await command("install", "--prefix", prefix)).toBe(0);

    expect(listFiles(data).sort()).toEqual([
      "kernels/jslab/kernel.json",
      "kernels/tslab/kernel.json",
      "labextensions/jupyter-rfb-ts/install.json",
      manifestFile,
      "labextensions/jupyter-rfb-ts/package.json",
      "labextensions/jupyter-rfb-ts/static/a.js",
      "nbextensions/jupyter-rfb-ts/extension.js",
      "nbextensions/jupyter-rfb-ts/index.js",
    ]);
    const kernel = readFileSync(join(data, "kernels", "tslab", "kernel.json"), "utf8");
    expect(kernel).toBe(kernelJson(join(person, "node_modules", ".bin", "tslab")));
    for (const path of [
      ...["kernels/tslab", "kernels/jslab"],
      ...["labextensions/jupyter-rfb-ts", "nbextensions/jupyter-rfb-ts"],
    ]) {
      expect(printed).toContain(`Wrote ${join(data, path)}`);
    }
    expect(printed.at(-1)).toContain(`uninstall --prefix ${prefix}`);
  });

  it.each([[[]], [["--sys-prefix"]]])(
    "tells how to remove it from the environment of a Python that was named: %j",
    async (scope) => {
      // Only the named Python lies in the environment.
      const environment = pythonFacts;
      const other = { ...environment, executable: "/usr/bin/python3", prefix: join(folder, "usr") };
      answers = (program) => (program.startsWith(folder) ? environment : other);
      const named = join(folder, "my env", "bin", "python");
      environment["executable"] = named;
      expect(await command("install", ...scope, "--python", named)).toBe(0);

      const file = join(data, "labextensions", "jupyter-rfb-ts", "install.json");
      const told = `uninstall --sys-prefix --python '${named}'`;
      expect(printed.at(-1)).toBe(`To remove it: npx jupyter-rfb-ts ${told}`);
      expect(readFileSync(file, "utf8")).toContain(`Run: npx jupyter-rfb-ts@1.2.3 ${told}`);
      const words = told.match(/'[^']*'|[^ ]+/g) ?? [];
      expect(await command(...words.map((word) => word.replaceAll("'", "")))).toBe(0);
      expect(existsSync(prefix)).toBe(false);
    },
  );

  it("chooses the environment of the Python in use by itself", async () => {
    expect(await command("install")).toBe(0);
    expect(existsSync(join(data, manifestFile))).toBe(true);
    expect(printed[0]).toContain(prefix);
  });

  it("replaces an older version, with the files that the newer one has no more", async () => {
    write(join(own.directory, "labextension", "static", "old.js"), "old");
    await command("install");
    rmSync(join(own.directory, "labextension", "static", "old.js"));
    write(join(own.directory, "labextension", "package.json"), '{"version":"2.0.0"}');
    own = { ...own, version: "2.0.0" };

    expect(await command("install")).toBe(0);

    expect(listFiles(data)).not.toContain("labextensions/jupyter-rfb-ts/static/old.js");
    expect(await command("uninstall")).toBe(0);
    expect(existsSync(prefix)).toBe(false);
  });

  it("tells how to get tslab when it is missing, and writes nothing", async () => {
    rmSync(join(person, "node_modules"), { recursive: true });

    expect(await command("install")).toBe(1);

    expect(errors.join("\n")).toContain("npm install tslab");
    expect(existsSync(prefix)).toBe(false);
  });

  it("tells which Python has no Jupyter, and writes nothing", async () => {
    pythonFacts = { ...pythonFacts, kernels: false };
    expect(await command("install")).toBe(1);
    expect(errors.join("\n")).toContain("/py has no Jupyter");
    expect(existsSync(prefix)).toBe(false);
  });

  it("tells when Python cannot be run", async () => {
    expect(await command("install", "--python", "no-python")).toBe(1);
    expect(errors.join("\n")).toMatch(/Cannot run Python \(no-python\).*--python/);
  });

  it("shows what tslab said when it fails, and writes no extension", async () => {
    tslabFails = true;
    expect(await command("install")).toBe(1);
    expect(errors.join("\n")).toContain("tslab says no");
    expect(existsSync(prefix)).toBe(false);
  });

  it("tells what the system refused, without a stack", async () => {
    write(join(data, "labextensions"), "a file where a folder belongs");
    expect(await command("install")).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^jupyter-rfb-ts: ENOTDIR: .*labextensions[^\n]*$/);
  });

  it("tells when the package that shows widgets is missing", async () => {
    pythonFacts = { ...pythonFacts, widgets: false };
    expect(await command("install")).toBe(0);
    expect(printed.join("\n")).toContain("/py -m pip install jupyterlab_widgets");
  });

  it("tells when tslab finds no types of Node, as with pnpm, and nothing when it does", async () => {
    const missing = /Missing: @types\/node.*npm install --save-dev @types\/node/;
    await command("install", "--prefix", prefix);
    await command("doctor");
    expect(printed.join("\n")).not.toMatch(missing);
    rmSync(join(person, "node_modules", "@types"), { recursive: true });
    for (const name of [["install", "--prefix", prefix], ["doctor"]]) {
      printed = [];
      await command(...name);
      expect(printed.join("\n")).toMatch(missing);
    }
    printed = [];
    const above = join(folder, "node_modules", "@types", "node", "package.json");
    write(above, "{}");
    await command("doctor");
    expect(printed.join("\n")).not.toMatch(missing);
    rmSync(above);
    const tslabs = join(person, "node_modules", "tslab", "node_modules");
    write(join(tslabs, "@types", "node", "package.json"), "{}");
    await command("doctor");
    expect(printed.join("\n")).not.toMatch(missing);
  });

  it("tells whose kernel it replaced", async () => {
    write(join(data, "kernels", "tslab", "kernel.json"), kernelJson("/other/tslab"));
    expect(await command("install")).toBe(0);
    expect(printed.join("\n")).toContain("for /other/tslab");
  });

  it("keeps an extension of the same version that pip installed, also at uninstall", async () => {
    const theirs = join(data, "labextensions", "jupyter-rfb-ts", "package.json");
    write(theirs, '{ "version": "1.2.3" }');

    for (let times = 0; times < 2; times += 1) expect(await command("install")).toBe(0);
    expect(await command("uninstall")).toBe(0);

    expect(listFiles(data)).toEqual(["labextensions/jupyter-rfb-ts/package.json"]);
    expect(readFileSync(theirs, "utf8")).toBe('{ "version": "1.2.3" }');
  });

  it("does not write over another version that pip installed", async () => {
    write(join(data, "labextensions", "jupyter-rfb-ts", "package.json"), '{"version":"0.9.0"}');
    expect(await command("install")).toBe(1);
    expect(errors.join("\n")).toMatch(/version 0\.9\.0 .*pip uninstall jupyter-rfb-ts/);
    expect(listFiles(data)).toEqual(["labextensions/jupyter-rfb-ts/package.json"]);
  });
});

describe("install --kernels-only", () => {
  const kernels = ["kernels/jslab/kernel.json", "kernels/tslab/kernel.json"];

  it("writes no extension, needs none that is built, and is uninstalled", async () => {
    rmSync(join(own.directory, "labextension"), { recursive: true });
    expect(await command("install", "--kernels-only")).toBe(0);

    expect(listFiles(data).sort()).toEqual([...kernels, manifestFile]);
    expect(printed.join("\n")).not.toContain(`Wrote ${join(data, "labextensions")}`);
    expect(printed.join("\n")).toContain('front_end: "anywidget"');
    expect(await command("uninstall", "--kernels-only")).toBe(0);
    expect(existsSync(prefix)).toBe(false);
  });

  it("is uninstalled without the option, too", async () => {
    await command("install", "--kernels-only");
    expect(await command("uninstall")).toBe(0);
    expect(existsSync(prefix)).toBe(false);
  });

  it("keeps the extension of an earlier install, which uninstall removes", async () => {
    await command("install");
    const before = listFiles(data);
    printed = [];

    expect(await command("install", "--kernels-only")).toBe(0);

    expect(listFiles(data)).toEqual(before);
    const extension = join(data, "labextensions", "jupyter-rfb-ts");
    expect(printed).toContain(`Kept ${extension}: the extension that was installed before`);
    expect(printed.join("\n")).not.toContain("anywidget");
    // Not the extension, which this didn't install.
    expect(printed.at(-1)).toMatch(/^To remove it: .* --kernels-only$/);
    expect(await command("uninstall")).toBe(0);
    expect(existsSync(prefix)).toBe(false);
  });

  it("can be followed by an install of the extension", async () => {
    await command("install", "--kernels-only");
    expect(await command("install")).toBe(0);
    expect(listFiles(data)).toContain("labextensions/jupyter-rfb-ts/package.json");
    expect(await command("uninstall")).toBe(0);
    expect(existsSync(prefix)).toBe(false);
  });

  it("uninstalls the kernels of a whole install alone, and then the rest", async () => {
    await command("install");
    const others = listFiles(data).filter((file) => !kernels.includes(file));
    printed = [];

    expect(await command("uninstall", "--kernels-only")).toBe(0);

    expect(listFiles(data)).toEqual(others);
    const names = ["tslab", "jslab"];
    expect(printed).toEqual(names.map((name) => `Removed ${join(data, "kernels", name)}`));
    printed = [];
    expect(await command("uninstall", "--kernels-only")).toBe(0);
    expect(printed).toEqual([`Nothing to remove: jupyter-rfb-ts has no kernels in ${data}`]);
    expect(await command("uninstall")).toBe(0);
    expect(existsSync(prefix)).toBe(false);
  });
});

describe("uninstall", () => {
  it("leaves nothing of what install wrote, folders included", async () => {
    await command("install");
    expect(await command("uninstall")).toBe(0);
    expect(existsSync(prefix)).toBe(false);
  });

  it("leaves what others put there", async () => {
    write(join(data, "kernels", "python3", "kernel.json"), "{}");
    write(join(data, "labextensions", "other", "package.json"), "{}");
    await command("install");

    await command("uninstall");

    expect(listFiles(data).sort()).toEqual([
      "kernels/python3/kernel.json",
      "labextensions/other/package.json",
    ]);
  });

  it("says what it removed where a folder stays because of the user's own files", async () => {
    await command("install");
    write(join(data, "kernels", "tslab", "mine.txt"), "mine");

    expect(await command("uninstall")).toBe(0);

    expect(listFiles(data)).toEqual(["kernels/tslab/mine.txt"]);
    const folder = join(data, "kernels", "tslab");
    expect(printed).toContain(`Removed ${join(folder, "kernel.json")}`);
    expect(printed).not.toContain(`Removed ${folder}`);
  });

  it("leaves a kernel alone that points elsewhere by now", async () => {
    await command("install");
    write(join(data, "kernels", "tslab", "kernel.json"), kernelJson("/other/tslab"));

    expect(await command("uninstall")).toBe(0);

    expect(listFiles(data)).toEqual(["kernels/tslab/kernel.json"]);
    expect(printed.join("\n")).toContain(`Kept ${join(data, "kernels", "tslab")}`);
  });

  it("leaves empty folders that do not lead to what install wrote, whatever the manifest names", async () => {
    await command("install");
    const file = join(data, manifestFile);
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { directories: string[] };
    const others = ["elsewhere", "prefix/share/other", "prefix/share/jupyter/kernels/python3"].map(
      (name) => join(folder, name),
    );
    for (const other of others) mkdirSync(other, { recursive: true });
    const relative = "relative-to-the-working-directory";
    manifest.directories.push(...others, join(data, "..", "..", "..", "elsewhere"), relative);
    writeFileSync(file, JSON.stringify(manifest));

    expect(await command("uninstall")).toBe(0);

    expect(others.filter((other) => existsSync(other))).toEqual(others);
    expect(existsSync(join(data, "labextensions"))).toBe(false);
    expect(existsSync(join(data, "kernels", "tslab"))).toBe(false);
  });

  it("says so when there is nothing to remove", async () => {
    expect(await command("uninstall")).toBe(0);
    expect(printed.join("\n")).toContain("Nothing to remove");
  });

  it.each([
    "not JSON",
    "{}",
    '{"version":"1","files":["../../../precious"],"kernels":[],"directories":[]}',
    '{"version":"1","files":["labextensions/jupyter-rfb-ts/../../x"],"kernels":[],"directories":[]}',
    '{"version":"1","files":[],"kernels":[{"file":"/etc/passwd","text":""}],"directories":[]}',
  ])("removes nothing by a damaged manifest: %s", async (text) => {
    write(join(data, manifestFile), text);
    expect(await command("uninstall")).toBe(1);
    expect(errors.join("\n")).toContain("expected what install wrote");
    expect(listFiles(data)).toEqual([manifestFile]);
  });
});

describe("the command", () => {
  it("prints its version and its usage", async () => {
    expect(await command("--version")).toBe(0);
    expect(await command("--help")).toBe(0);
    expect(printed[0]).toBe("1.2.3");
    expect(printed[1]).toContain("Usage: npx jupyter-rfb-ts");
  });

  it("ends wrong arguments with exit code 2 and what was expected", async () => {
    expect(await command("instal")).toBe(2);
    expect(errors.join("\n")).toMatch(
      /expected install, uninstall, doctor, examples, serve, edge or benchmark, got instal[\s\S]*--help/,
    );
  });
});

describe("doctor", () => {
  const said = (): string => printed.join("\n");

  it("says what works, which encoder is taken, and where the extension is", async () => {
    await command("install");
    printed.length = 0;
    videos = [
      { codec: "h264", device: "software", name: "libx264", problem: undefined },
      { codec: "h264", device: "nvenc", name: "h264_nvenc", problem: "there is no such card" },
    ];

    expect(await command("doctor")).toBe(0);

    expect(said()).toContain(`Node ${process.versions.node} on linux`);
    expect(said()).toContain(`tslab: ${join(person, "node_modules", "tslab", "bin", "tslab")}`);
    expect(said()).toContain(`kernel: ${join(data, "kernels", "tslab", "kernel.json")}`);
    expect(said()).toContain(`extension: version 1.2.3 in ${join(data, "labextensions")}`);
    expect(said()).toContain("JPEG by sharp: works (sharp 0.35.5); the encoder 'auto' uses it");
    expect(said()).toContain("h264, software: works (libx264)");
    expect(said()).toContain("h264, nvenc: no. there is no such card");
    expect(said()).toContain("WebSockets: ws 8.23.0");
    expect(said()).toContain("server on 127.0.0.1: works");
  });

  it("says what is missing, and the commands that bring it", async () => {
    rmSync(join(person, "node_modules"), { recursive: true });
    const missing = "sharp is not installed; npm install sharp";
    images = [
      { what: "WebP", name: undefined, problem: missing, isAutomatic: false },
      { what: "PNG", name: "zlib", problem: undefined, isAutomatic: false },
    ];
    const problem = "Cannot load node-av: it is not installed; npm install node-av";
    server = { webSockets: undefined, problem: "Cannot listen on 127.0.0.1:0: not permitted" };
    videos = (["h264", "vp9"] as const).map((codec) => ({
      ...{ codec, device: "software", name: undefined, problem },
    }));

    expect(await command("doctor")).toBe(0);

    expect(said()).toContain("npm install tslab");
    expect(said()).toContain("extension: not installed for this Python. Run: npx jupyter-rfb-ts");
    expect(said()).toContain(`WebP: no. ${missing}`);
    expect(printed.filter((line) => line.includes(problem))).toHaveLength(1);
    expect(said()).toContain("WebSockets: no. ws is missing");
    expect(said()).toContain("server on 127.0.0.1: no. Cannot listen on 127.0.0.1:0");
    expect(said()).not.toContain(".venv");
  });

  it("tells of an environment in .venv, where a clone's npm start has installed", async () => {
    mkdirSync(join(person, ".venv", "bin"), { recursive: true });
    writeFileSync(join(person, ".venv", "bin", "python"), "");
    expect(await command("doctor")).toBe(0);
    expect(said()).toContain("To look there: --python .venv/bin/python");
  });

  it("doesn't mention .venv where the Python in use is that environment's", async () => {
    mkdirSync(join(person, ".venv", "bin"), { recursive: true });
    writeFileSync(join(person, ".venv", "bin", "python"), "");
    pythonFacts = { ...pythonFacts, prefix: join(person, ".venv") };
    expect(await command("doctor")).toBe(0);
    expect(said()).not.toContain("To look there");
  });

  it("tells which kernels Jupyter can't start, why, and what to run", async () => {
    await command("install");
    const kernel = (name: string): string => join(data, "kernels", name, "kernel.json");
    const reports = async (): Promise<string[]> => {
      printed = [];
      expect(await command("doctor")).toBe(0);
      return printed.filter((line) => line.includes("can't start"));
    };
    expect(await reports()).toEqual([]);

    const gone = join(person, "gone", "tslab");
    write(kernel("tslab"), kernelJson(gone));
    write(kernel("jslab"), kernelJson("jslab"));
    const ofUser = join(folder, "user", "kernels", "tslab", "kernel.json");
    write(ofUser, kernelJson("bin/tslab"));
    const run = "Run: npx jupyter-rfb-ts install";
    expect(await reports()).toEqual([
      `  Jupyter can't start ${kernel("tslab")}: its program ${gone} doesn't exist. ${run} --sys-prefix`,
      `  Jupyter can't start ${kernel("jslab")}: its program jslab isn't on the PATH. ${run} --sys-prefix`,
      `  Jupyter can't start ${ofUser}: its program bin/tslab isn't an absolute path. ${run} --user`,
    ]);

    // Only npx has its folder on the PATH, not Jupyter.
    const ofNpx = join(person, "node_modules", ".bin");
    write(join(ofNpx, "jslab"), "");
    env = { PATH: `/nowhere:${ofNpx}` };
    expect(await reports()).toHaveLength(3);
    write(join(folder, "bin", "jslab"), "");
    env = { PATH: `${ofNpx}:${join(folder, "bin")}` };
    write(kernel("tslab"), "{}");
    write(ofUser, "not JSON");
    expect(await reports()).toEqual([
      expect.stringContaining(`${kernel("tslab")}: it names no program. ${run} --sys-prefix`),
      expect.stringContaining(`${ofUser}: it names no program. ${run} --user`),
    ]);
  });

  it("ends with 1 when no image encoder works", async () => {
    images = [{ what: "PNG", name: undefined, problem: "broken", isAutomatic: false }];
    expect(await command("doctor", "--python", "no-python")).toBe(1);
    expect(said()).toContain("Cannot run Python (no-python)");
  });
});
