import { expect, it } from "vitest";
import * as lite from "../../../src/lite";

it.each(["serve", "serve_server", "attach", "publish_to", "load"] as const)(
  "%s() of Node's entries says that it needs Node",
  (name) => {
    expect(() => lite[name]({}, { port: 8000 })).toThrow(
      new RegExp(`^Cannot .*: ${name}\\(\\) needs Node, and JupyterLite has none; .*`),
    );
  },
);
