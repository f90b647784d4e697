import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..", "..");

/** What `npm pack` makes of this repository, and the same installed in a project. */
export interface PackedPackage {
  /** A folder with nothing but the installed package. */
  readonly project: string;
  /** The package's folder in it. */
  readonly installed: string;
  readonly tarball: string;
  /** Of the tarball, in bytes. */
  readonly size: number;
  /** The packed files, relative to the package. */
  readonly files: readonly string[];
  dispose(): void;
}

/** Packs what is built, without building. */
export function packPackage(): PackedPackage {
  const project = realpathSync(mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-packed-")));
  const installed = join(project, "node_modules", "jupyter-rfb-ts");
  mkdirSync(installed, { recursive: true });
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", project];
  const output = execFileSync(npm, pack, {
    ...{ cwd: root, encoding: "utf8", shell: process.platform === "win32" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(output) as {
    readonly filename: string;
    readonly size: number;
    readonly files: readonly { readonly path: string }[];
  }[];
  if (packed === undefined) throw new Error("npm pack made no package");
  // npm's tarballs have everything in one folder, "package".
  const unpack = ["-xzf", packed.filename, "-C", installed, "--strip-components=1"];
  execFileSync("tar", unpack, { cwd: project });
  return {
    project,
    installed,
    tarball: join(project, packed.filename),
    size: packed.size,
    files: packed.files.map((file) => file.path),
    dispose: () => rmSync(project, { recursive: true, force: true }),
  };
}
