import { delimiter } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseVersions, nodeVersions, ownNode, pathWith } from "../../../scripts/lib/nodes.mjs";

describe("the versions of Node that npm run test:nodes tests", () => {
  it("are all, oldest first", () => {
    expect(chooseVersions([])).toEqual(nodeVersions);
    const majors = nodeVersions.map((version) => Number(version.split(".")[0]));
    expect(majors).toEqual([...majors].sort((a, b) => a - b));
  });

  it("or those that are named, in the same order", () => {
    expect(chooseVersions(["24", "20"]).map((version) => version.split(".")[0])).toEqual([
      "20",
      "24",
    ]);
  });

  it.each(["21", "v22", "22.23.3", "2"])("%s is none of them", (name) => {
    expect(() => chooseVersions(["22", name])).toThrow(
      `test nodes: expected some of 20, 22, 24, 26, got ${name}`,
    );
  });
});

it("a program that starts Node by its name finds the one that is tested first", () => {
  const [first] = pathWith({ ...ownNode, program: "/nodes/24/bin/node" }, "/usr/bin").split(
    delimiter,
  );
  expect(first).toBe("/nodes/24/bin");
});
