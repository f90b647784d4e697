import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeWidgetRuntime } from "../../../src/kernel/node/nodeWidgetRuntime";
import type { Disposable } from "../../../src/protocol/transport";
import { followFile, type FileFollower } from "../../../src/widgets/moduleFiles";
import { disposedAfterEach } from "../../support/disposables";
import { FakeKernel } from "../../support/fakeKernel";
import { installKernel, removeKernel } from "../../support/kernels";

/** Ends a loop that would otherwise never end. */
const MOST = 20;

describe("the widgets that follow a file", () => {
  const disposables = disposedAfterEach();
  const owner = {};
  const nothing = { dispose: () => undefined };
  let file: string;
  /** Tells the followers that the file has changed. */
  let onChange: () => void;

  beforeEach(() => {
    file = join(disposables.folder(), "a.css");
    writeFileSync(file, "a{}");
    installKernel(new FakeKernel(), {
      ...nodeWidgetRuntime,
      watchFile: (_path, callback) => {
        onChange = callback;
        return nothing;
      },
      delay: (_seconds, callback) => {
        callback();
        return nothing;
      },
    });
  });

  afterEach(removeKernel);

  /** What the followers were given since the last change, in order. */
  const given: string[] = [];

  /** Follows the file. `then` is called whenever it changes. */
  function follow(name: string, then: () => void): Disposable {
    let isNew = true;
    const setText: FileFollower["setText"] = (text) => {
      given.push(`${name}: ${text}`);
      if (!isNew && given.length < MOST) then();
    };
    const following = followFile(owner, "_css", file, { setText, showProblem: () => undefined });
    isNew = false;
    return following;
  }

  function change(text: string): void {
    given.length = 0;
    writeFileSync(file, text);
    onChange();
  }

  it("are given a changed text once, also one that is made meanwhile", () => {
    const followAnother = (): void => void follow("another", followAnother);
    follow("first", followAnother);
    follow("second", () => undefined);
    change("b{}");
    expect(given).toEqual(["first: b{}", "another: b{}", "second: b{}"]);
  });

  it("are given no old text after a newer one, if the file changes meanwhile", () => {
    follow("first", () => {
      writeFileSync(file, "c{}");
      follow("another", () => undefined);
    });
    follow("second", () => undefined);
    follow("third", () => undefined);
    change("b{}");
    expect(given.filter((text) => text.startsWith("second"))).toEqual(["second: c{}"]);
    expect(given.filter((text) => text.startsWith("third"))).toEqual(["third: c{}"]);
  });

  it("are given nothing once they no longer follow it, also if that happens meanwhile", () => {
    follow("first", () => second.dispose());
    const second = follow("second", () => undefined);
    follow("third", () => undefined);
    change("b{}");
    expect(given).toEqual(["first: b{}", "third: b{}"]);
  });
});
