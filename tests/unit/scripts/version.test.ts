import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { placeRelease } from "../../../scripts/lib/changelog.mjs";
import { disposedAfterEach } from "../../support/disposables";

const root = resolve(import.meta.dirname, "..", "..", "..");

describe("npm run changeset:version", () => {
  const disposables = disposedAfterEach();
  let folder: string;
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const version = (): void => {
    const [node, script] = [process.execPath, join("scripts", "lib", "version.mjs")];
    execFileSync(node, [script], { cwd: folder, stdio: "pipe" });
  };
  /** The changelog, as it is once what it calls unreleased is out. */
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8").replace(
    "- unreleased",
    "- 2026-01-01",
  );

  beforeEach(() => {
    folder = disposables.folder();
    mkdirSync(join(folder, "scripts"));
    for (const name of [
      ...[".changeset", "scripts/lib", ".prettierrc.json"],
      ...["package.json", "package-lock.json"],
    ]) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    writeFileSync(join(folder, "CHANGELOG.md"), changelog);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  });

  // All that wait in .changeset/ are read too, so a mistake in one of them fails here.
  it("makes a release of the changesets", () => {
    const before = JSON.parse(read("package.json")) as { readonly version: string };
    writeFileSync(
      join(folder, ".changeset", "zz-test.md"),
      '---\n"jupyter-rfb-ts": major\n---\n\nA text\nof two lines.\n',
    );
    version();

    const { version: now } = JSON.parse(read("package.json")) as { readonly version: string };
    const major = Number(before.version.split(".")[0]) + 1;
    expect(now).toBe(`${major}.0.0`);
    expect(JSON.parse(read("package-lock.json"))).toMatchObject({
      version: now,
      packages: { "": { version: now } },
    });
    const [introduction = "", release = "", ...older] = read("CHANGELOG.md").split(/^(?=## )/m);
    const [former, ...formerReleases] = changelog.split(/^(?=## )/m);
    expect(introduction).toBe(former);
    expect(release).toMatch(/^## \[\d+\.0\.0\] - \d{4}-\d\d-\d\d\n\n### Changed\n\n/);
    expect(release).toContain("- A text\n  of two lines.\n");
    expect(older).toEqual(formerReleases);
  }, 60_000);

  it("leaves everything as it is without changesets", () => {
    rmSync(join(folder, ".changeset"), { recursive: true });
    mkdirSync(join(folder, ".changeset"));
    version();
    for (const name of ["package.json", "package-lock.json"]) {
      expect(read(name)).toBe(readFileSync(join(root, name), "utf8"));
    }
    expect(read("CHANGELOG.md")).toBe(changelog);
  }, 60_000);

  it("refuses to skip a release that is not out", () => {
    writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n\n## [0.1.0] - unreleased\n");
    expect(version).toThrow("CHANGELOG.md: 0.1.0 is not released");
    expect(read("package.json")).toBe(readFileSync(join(root, "package.json"), "utf8"));
  }, 60_000);
});

describe("a release in CHANGELOG.md", () => {
  const introduction = "The introduction.\n\nIts end.\n";
  const older = "## [1.1.0] - 2026-01-01\n\n### Added\n\n- Old.\n";
  const before = `# Changelog\n\n${introduction}\n${older}`;
  const entries = "### Minor Changes\n\n- New.\n\n  More of it.\n\n### Patch Changes\n\n- Fixed.\n";
  const after = `# Changelog\n\n## 1.2.0\n\n${entries}\n${introduction}\n${older}`;

  it("comes after the introduction, with the headings of the older ones", () => {
    const placed = "### Added\n\n- New.\n\n  More of it.\n\n### Fixed\n\n- Fixed.\n";
    expect(placeRelease(before, after, "1.2.0", "2026-02-01")).toBe(
      `# Changelog\n\n${introduction}\n## [1.2.0] - 2026-02-01\n\n${placed}\n${older}`,
    );
  });

  it("is expected to be there, and nothing else to have changed", () => {
    const mistake = /^CHANGELOG.md: expected only "## 1\.[23]\.0" to be new/;
    expect(() => placeRelease(before, after, "1.3.0", "2026-02-01")).toThrow(mistake);
    expect(() => placeRelease(before, `${after}- More.\n`, "1.2.0", "2026-02-01")).toThrow(mistake);
  });
});

describe("CHANGELOG.md", () => {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");

  it("has at its top the version of package.json", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly version: string;
    };
    const releases = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = ""]) => heading);
    expect(releases[0]).toContain(`[${version}]`);
    for (const release of releases) {
      expect(release).toMatch(/^\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d|unreleased)$/);
    }
  });

  it("has the headings of Keep a Changelog", () => {
    const kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    const headings = [...text.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(kinds).toEqual(expect.arrayContaining(headings));
  });
});
