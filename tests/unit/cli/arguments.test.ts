import { describe, expect, it } from "vitest";
import { parseArguments } from "../../../src/cli/arguments";
import { UsageError } from "../../../src/cli/errors";

describe("parseArguments", () => {
  it("decides the place later when none is named", () => {
    expect(parseArguments(["install"])).toEqual({
      name: "install",
      scope: { kind: "auto" },
      python: undefined,
    });
  });

  it.each([
    [["--sys-prefix"], { kind: "sys-prefix" }],
    [["--user"], { kind: "user" }],
    [["--prefix", "some/where"], { kind: "prefix", directory: "some/where" }],
    [["--prefix=/a b"], { kind: "prefix", directory: "/a b" }],
  ])("reads the place from %j for both commands", (flags, scope) => {
    expect(parseArguments(["install", ...flags])).toMatchObject({ name: "install", scope });
    expect(parseArguments([...flags, "uninstall"])).toMatchObject({ name: "uninstall", scope });
  });

  it("takes the Python of --python", () => {
    expect(parseArguments(["install", "--python", "/opt/py/bin/python3"])).toMatchObject({
      python: "/opt/py/bin/python3",
    });
  });

  it("reads doctor, of a Python that is named or not", () => {
    expect(parseArguments(["doctor"])).toEqual({ name: "doctor", python: undefined });
    expect(parseArguments(["doctor", "--python", "/py"])).toEqual({
      name: "doctor",
      python: "/py",
    });
  });

  it.each([
    [["--help"], "help"],
    [["-h"], "help"],
    [["install", "--help"], "help"],
    [["--version"], "version"],
  ])("answers %j with its %s", (argv, name) => {
    expect(parseArguments(argv)).toEqual({ name });
  });

  it.each([
    [[], /expected install, uninstall or doctor, got none/],
    [["remove"], /expected install, uninstall or doctor, got remove/],
    [["doctor", "--user"], /doctor: expected no place, got --user/],
    [["install", "here"], /expected no further words, got here/],
    [["install", "--everywhere"], /--everywhere/],
    [["install", "--user=yes"], /--user/],
    [["install", "--prefix"], /--prefix/],
    [["install", "--prefix", ""], /--prefix: expected a folder/],
    [["install", "--python="], /--python: expected a program/],
    [["install", "--user", "--sys-prefix"], /expected one of .* got --sys-prefix and --user/],
    [["install", "--user", "--prefix", "x"], /got --user and --prefix/],
  ])("says what it expected instead of %j", (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(UsageError);
    expect(() => parseArguments(argv)).toThrow(message);
  });
});
