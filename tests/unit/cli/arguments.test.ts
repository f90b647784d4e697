import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { helpArguments, parseArguments } from "../../../src/cli/arguments";
import { UsageError } from "../../../src/cli/errors";
import { disposedAfterEach } from "../../support/disposables";

/** The lines of a help. */
function help(...argv: string[]): string[] {
  const command = parseArguments(argv);
  if (command.name !== "help") throw new Error(`expected help, got ${command.name}`);
  return command.text.split("\n");
}

describe("parseArguments", () => {
  it("decides the place later when none is named", () => {
    expect(parseArguments(["install"])).toEqual({
      name: "install",
      scope: { kind: "auto" },
      python: undefined,
      kernelsOnly: false,
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

  it.each(["install", "uninstall"])("reads for %s that it is for the kernels only", (name) => {
    expect(parseArguments([name, "--kernels-only"])).toMatchObject({ name, kernelsOnly: true });
  });

  it("reads doctor, of a Python that is named or not", () => {
    expect(parseArguments(["doctor"])).toEqual({ name: "doctor", python: undefined });
    expect(parseArguments(["doctor", "--python", "/py"])).toEqual({
      name: "doctor",
      python: "/py",
    });
  });

  it.each([
    [["examples"], "examples", false],
    [["examples", "some/where"], "some/where", false],
    [["--force", "examples", "a b"], "a b", true],
    [["examples", "--force"], "examples", true],
  ])("reads the folder for examples: %j", (argv, directory, force) => {
    expect(parseArguments(argv)).toEqual({ name: "examples", args: { directory, force } });
  });

  it.each([
    [["examples", ""], /^DIR: expected a folder, got ""$/],
    [["examples", "a", "b"], /^examples: expected no further words, got b$/],
    [["examples", "--forced"], /^examples: expected options among --force, got --forced$/],
  ])("takes no other words for examples: %j", (argv, problem) => {
    expect(() => parseArguments(argv)).toThrow(problem);
  });

  it.each([
    [["--help"], "help"],
    [["-h"], "help"],
    [["install", "--help"], "help"],
    [["--version"], "version"],
  ])("answers %j with its %s", (argv, name) => {
    expect(parseArguments(argv)).toMatchObject({ name });
  });

  it.each([
    [["--help"], "Usage: npx jupyter-rfb-ts <command> [options]"],
    [["install", "--help"], "Usage: npx jupyter-rfb-ts install [options]"],
    [["--user", "uninstall", "--help"], "Usage: npx jupyter-rfb-ts uninstall [options]"],
    [["doctor", "--help"], "Usage: npx jupyter-rfb-ts doctor [options]"],
    [["examples", "--help"], "Usage: npx jupyter-rfb-ts examples [DIR] [options]"],
    [["serve", "-h"], "Usage: npx jupyter-rfb-ts serve [options]"],
    [["serve", "--no-such-option", "-h"], "Usage: npx jupyter-rfb-ts serve [options]"],
    [["edge", "--help"], "Usage: npx jupyter-rfb-ts edge [options]"],
    [["benchmark", "--help"], "Usage: npx jupyter-rfb-ts benchmark [options]"],
  ])("has the help that %j asks for", (argv, firstLine) => {
    expect(help(...argv)[0]).toBe(firstLine);
  });

  it("lists the commands", () => {
    for (const name of [
      "install",
      "uninstall",
      "doctor",
      "examples",
      "serve",
      "edge",
      "benchmark",
    ]) {
      expect(help("--help")).toContainEqual(expect.stringMatching(`^  ${name} +[a-z]`));
    }
  });

  it("lists a command's options with their values and defaults, under headings", () => {
    const lines = help("serve", "--help");
    expect(lines).toContain("Picture:");
    expect(lines).toContain("  --width N                 width in pixels (by default 1280)");
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}--codec NAME +auto, jpeg, .*auto\)$/));
    expect(lines).toContain("  -h, --help                print this help");
    expect(lines.at(-1)).toMatch(/^On the same port: \/health/);
    expect(help("install", "--help")).toContain("  --prefix DIR    DIR/share/jupyter");
  });

  it.each([
    [[], /expected install, uninstall, doctor, examples, serve, edge or benchmark, got none/],
    [
      ["remove"],
      /expected install, uninstall, doctor, examples, serve, edge or benchmark, got remove/,
    ],
    [["doctor", "--user"], /^doctor: expected options among --python, got --user$/],
    [
      ["install", "--port", "1"],
      /^install: expected options among --sys-prefix, --user, --prefix, --kernels-only, --python, got --port$/,
    ],
    [["serve", "--python", "x"], /^serve: expected options among --pattern, .*, got --python$/],
    [["install", "here"], /^install: expected no further words, got here$/],
    [["install", "--everywhere"], /^install: expected options among .*, got --everywhere$/],
    [["install", "-x"], /^install: expected options among .*, got -x$/],
    [["install", "--constructor"], /^install: expected options among .*, got --constructor$/],
    [["install", "--user=yes"], /^--user: expected no value, got "yes"$/],
    [["install", "--prefix"], /^--prefix: expected DIR after it, got nothing$/],
    [
      ["install", "--prefix", "--user"],
      /^--prefix: expected DIR after it, got an option; .*--prefix=DIR$/,
    ],
    [["install", "--prefix", ""], /^--prefix: expected a folder, got ""$/],
    [["install", "--python="], /^--python: expected a program, got ""$/],
    [["install", "--user", "--sys-prefix"], /expected one of .* got --sys-prefix and --user/],
    [["install", "--user", "--prefix", "x"], /got --user and --prefix/],
  ])("says what it expected instead of %j", (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(UsageError);
    expect(() => parseArguments(argv)).toThrow(message);
  });
});

describe("serve", () => {
  const given = (...flags: string[]) => {
    const command = parseArguments(["serve", ...flags]);
    if (command.name !== "serve") throw new Error("expected serve");
    return command.args;
  };

  it("has defaults that work for everybody", () => {
    expect(given()).toMatchObject({
      ...{ pattern: "bouncing_box", width: 1280, height: 720, fps: 30 },
      ...{ maxFrames: undefined, token: undefined },
    });
    expect(given().options).toMatchObject({
      ...{ insecure: false, adaptive: false, record_events: false, stats_interval: 1 },
      ...{ host: undefined, port: undefined, has_h264: undefined, still_after: undefined },
    });
  });

  it("takes what pdum.rfb's takes, by the same names", () => {
    const flags = [
      ...["--pattern", "counter", "--host", "localhost", "--port", "0", "--width=320"],
      ...["--height=200", "--fps", "59.94", "--bitrate", "2e6", "--adaptive", "--max-frames", "9"],
      ...["--stats-interval", "0.5", "--still-after", "0.15", "--resize-policy", "match_client"],
      ...["--max-render-dimension", "1920", "--record-events", "--event-log", "e.jsonl"],
      ...["--path-prefix", "/user/ada/proxy/absolute/8765"],
    ];
    expect(given(...flags)).toEqual({
      ...{ pattern: "counter", width: 320, height: 200, fps: 59.94, maxFrames: 9 },
      token: undefined,
      options: {
        ...{ host: "localhost", port: 0, insecure: false, origins: undefined, fps: 59.94 },
        ...{ codec: undefined, has_h264: undefined, video_device: undefined, quality: undefined },
        ...{ bitrate: 2e6, adaptive: true, stats_interval: 0.5, still_after: 0.15 },
        ...{ resize_policy: "match_client", max_render_dimension: 1920, record_events: true },
        ...{ event_log: "e.jsonl", path_prefix: "/user/ada/proxy/absolute/8765" },
        ...{ nats: undefined, name: undefined, takeover: false },
      },
    });
  });

  it("takes how frames travel, and who may look", () => {
    const { token, options } = given(
      ...["--codec", "webp", "--quality", "50", "--force-image", "--video-device", "nvenc"],
      ...["--origin", "https://a.example", "--origin", "https://b.example,*", "--token", "s3cret"],
      ...["--host", "0.0.0.0", "--stats-interval", "off", "--still-after", "off"],
      ...["--driver", "first"],
    );
    expect(token).toBe("s3cret");
    expect(options).toMatchObject({
      ...{ codec: "webp", quality: 50, has_h264: false, video_device: "nvenc" },
      origins: ["https://a.example", "https://b.example", "*"],
      ...{ stats_interval: null, still_after: null, driver: "first" },
    });
    expect(given("--host", "0.0.0.0", "--insecure").options.insecure).toBe(true);
  });

  it.each([
    [["--pattern", "plaid"], /^--pattern: expected one of "test_card", .*"solid", got "plaid"$/],
    [["--port", "70000"], /^--port: expected an integer from 0 to 65535, got 70000$/],
    [["--port", "eighty"], /^--port: expected a number, got "eighty"$/],
    [["--port", "0x50"], /^--port: expected a number, got "0x50"$/],
    [["--port", "-1"], /^--port: expected an integer from 0 to 65535, got -1$/],
    [["--port=-1"], /^--port: expected an integer from 0 to 65535, got -1$/],
    [["--port="], /^--port: expected a number, got ""$/],
    [["--host="], /^--host: expected a non-empty string, got ""$/],
    [["--host", "--port", "1"], /^--host: expected ADDRESS after it, got an option/],
    [
      ["--host", "0.0.0.0"],
      /^--host: other machines can reach 0\.0\.0\.0, and anyone could watch; use --token-file, RFB_TOKEN or --token, listen on 127\.0\.0\.1, or pass --insecure$/,
    ],
    [["--width", "0"], /^--width: expected an integer from 16 to 16384, got 0$/],
    [["--height", "10.5"], /^--height: expected an integer from 16 to 16384, got 10\.5$/],
    [["--fps", "0"], /^--fps: expected a number from 1 to 240, got 0$/],
    [["--quality", "101"], /^--quality: expected an integer from 1 to 100, got 101$/],
    [["--bitrate", "5"], /^--bitrate: expected a number of bits per second from 10 000/],
    [["--codec", "gif"], /^--codec: expected one of "auto", .* got "gif"$/],
    [["--codec", "h264", "--force-image"], /^--force-image: .* got --codec h264$/],
    [
      ["--still-after", "0"],
      /^--still-after: expected a number of seconds above 0, or off, got 0$/,
    ],
    [["--still-after", "null"], /^--still-after: expected a number, or off, got "null"$/],
    [
      ["--stats-interval", "0"],
      /^--stats-interval: expected a number of seconds from 0\.1.*, or off, got 0$/,
    ],
    [["--driver", "last"], /^--driver: expected one of "any", "first", "none", got "last"/],
    [["--resize-policy", "both"], /^--resize-policy: expected one of "publisher", "match_client"/],
    [["--max-render-dimension", "1"], /^--max-render-dimension: expected an integer from 2/],
    [["--max-frames", "0"], /^--max-frames: expected an integer >= 1, got 0$/],
    [["--path-prefix", "user"], /^--path-prefix: expected a path such as .*, got "user"$/],
    [["--origin", "example.org"], /^--origin: expected an origin such as .*, got "example.org"$/],
    [["--token="], /^--token: expected a non-empty string, got ""$/],
    [
      ["--token", "a", "--token-file", "b"],
      /^--token-file: expected no --token with it, got both$/,
    ],
    [["--token-file", "/no/such"], /^--token-file: expected a file with the token, got ENOENT/],
    [["--adaptive=yes"], /^--adaptive: expected no value, got "yes"$/],
    [["--frames", "3"], /^serve: expected options among .*, got --frames$/],
    [["--speed", "3"], /^serve: expected options among .*--takeover, got --speed$/],
  ])("says in one line what is wrong with %j", (flags, message) => {
    expect(() => given(...flags)).toThrow(UsageError);
    expect(() => given(...flags)).toThrow(message);
    expect(() => given(...flags)).not.toThrow(/\n/);
  });

  it("never says the token", () => {
    for (const token of [["--token", "s3cret"], ["--token=s3cret"], ["--token", "-s3cret"]]) {
      expect(() => given(...token, "--port", "x")).toThrow(UsageError);
      expect(() => given(...token, "--port", "x")).not.toThrow(/s3cret/);
    }
    expect(given("--token=-s3cret").token).toBe("-s3cret");
  });

  describe("a token that no list of processes shows", () => {
    const disposables = disposedAfterEach();
    let folder: string;
    beforeEach(() => (folder = disposables.folder()));

    const tokenOf = (env: Record<string, string>, ...flags: string[]): string | undefined => {
      const command = parseArguments(["serve", ...flags], env);
      return command.name === "serve" ? command.args.token : undefined;
    };
    const fileOf = (text: string): string => {
      writeFileSync(join(folder, "token"), text);
      return join(folder, "token");
    };

    it("comes from RFB_TOKEN, unless an option names another", () => {
      expect(tokenOf({ RFB_TOKEN: "s3cret" })).toBe("s3cret");
      expect(tokenOf({ RFB_TOKEN: "s3cret" }, "--host", "0.0.0.0")).toBe("s3cret");
      expect(tokenOf({ RFB_TOKEN: "s3cret" }, "--token", "other")).toBe("other");
      expect(tokenOf({})).toBeUndefined();
    });

    it.each([
      ["s3cret", "s3cret"],
      ["s3cret\n", "s3cret"],
      ["s3cret\r\n", "s3cret"],
      [" s3 cret \n\n", " s3 cret \n"],
    ])("comes from a file, without the line break at its end: %j", (text, token) => {
      expect(tokenOf({ RFB_TOKEN: "other" }, "--token-file", fileOf(text))).toBe(token);
    });

    it("is never empty, which would let everybody watch", () => {
      expect(() => tokenOf({ RFB_TOKEN: "" })).toThrow(/^RFB_TOKEN: expected a non-empty string/);
      const file = fileOf("\n");
      expect(() => tokenOf({}, "--token-file", file)).toThrow(
        /^--token-file: expected a non-empty string/,
      );
    });

    it("is named by the help", () => {
      expect(help("serve", "--help").join("\n")).toMatch(
        /--token-file FILE +a file .*--token TEXT .*lists of processes show.*RFB_TOKEN may hold/s,
      );
    });
  });
});

describe("benchmark", () => {
  const given = (...flags: string[]) => {
    const command = parseArguments(["benchmark", ...flags]);
    if (command.name !== "benchmark") throw new Error("expected benchmark");
    return command.args;
  };

  it("measures all codecs at two sizes by default", () => {
    expect(given()).toEqual({
      sizes: [
        { width: 1280, height: 720 },
        { width: 1920, height: 1080 },
      ],
      codecs: ["jpeg", "png", "webp", "h264", "vp9"],
      ...{ frames: 60, pattern: "gradient", quality: 80, videoDevice: "software", isJson: false },
    });
  });

  it("takes sizes and codecs, one by one or with commas", () => {
    const flags = ["--size", "64x48", "--size", "320x200,640X480", "--codecs", "png,jpeg,png"];
    expect(given(...flags, "--json", "--frames", "5", "--pattern", "solid")).toMatchObject({
      sizes: [
        { width: 64, height: 48 },
        { width: 320, height: 200 },
        { width: 640, height: 480 },
      ],
      ...{ codecs: ["png", "jpeg"], isJson: true, frames: 5, pattern: "solid" },
    });
  });

  it.each([
    [["--size", "64"], /^--size: expected a size such as 1280x720, .* got "64"$/],
    [["--size", "4x4"], /^--size: expected a size such as 1280x720, .* got "4x4"$/],
    [["--size", "99999x100"], /^--size: .* from 16 to 8192, got "99999x100"$/],
    [["--codecs", "gif"], /^--codecs: expected one of "jpeg", .* got "gif"$/],
    [["--codecs", "jpeg,"], /^--codecs: expected one of "jpeg", .* got ""$/],
    [["--frames", "0"], /^--frames: expected an integer from 1 to 100000, got 0$/],
    [["--quality", "100"], /^--quality: expected an integer from 1 to 99, got 100$/],
  ])("says what is wrong with %j", (flags, message) => {
    expect(() => given(...flags)).toThrow(UsageError);
    expect(() => given(...flags)).toThrow(message);
  });
});

describe("the hint after a wrong command line", () => {
  it.each([
    [["serve", "--event-log", "install", "--bad"], "serve --help"],
    [["--bad", "doctor"], "doctor --help"],
    [["--bad"], "--help"],
    [["paint"], "--help"],
  ])("for %j names %s", (argv, hint) => {
    expect(helpArguments(argv)).toBe(hint);
  });
});

describe("options without a command", () => {
  it.each(["-x", "--bogus"])("that are unknown are named: %s", (option) => {
    expect(() => parseArguments([option])).toThrow(
      `expected a command, or options among --help, --version, got ${option}`,
    );
  });
});
