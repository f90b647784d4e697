import { describe, expect, it } from "vitest";
import { jupyterArguments } from "../../../scripts/lib/jupyter.mjs";

const place = { examples: "/repository/examples", isRoot: false };
const opensExample = [
  "--ServerApp.root_dir=/repository/examples",
  "--LabApp.default_url=/lab/tree/hello_world.ipynb",
];

describe("what npm start hands to jupyter lab", () => {
  it("opens an example when nothing is asked for", () => {
    expect(jupyterArguments([], {}, place)).toEqual(opensExample);
  });

  it("passes on what stands after --", () => {
    expect(jupyterArguments(["--no-browser", "--port", "9999"], {}, place)).toEqual([
      ...opensExample,
      ...["--no-browser", "--port", "9999"],
    ]);
  });

  it.each(["", "false"])("opens no browser for npm's setting browser=%j", (browser) => {
    const env = { npm_config_browser: browser };
    expect(jupyterArguments(["--port", "9999"], env, place)).toEqual([
      ...opensExample,
      ...["--no-browser", "--port", "9999"],
    ]);
  });

  it("says --no-browser once when both npm and the arguments say it", () => {
    const args = jupyterArguments(["--no-browser"], { npm_config_browser: "" }, place);
    expect(args.filter((arg) => arg === "--no-browser")).toHaveLength(1);
  });

  it.each(["firefox", "true"])("leaves the browser alone for npm's setting browser=%j", (name) => {
    expect(jupyterArguments([], { npm_config_browser: name }, place)).toEqual(opensExample);
  });

  it("lets root start the server, and says so once", () => {
    const root = { ...place, isRoot: true };
    expect(jupyterArguments([], {}, root)).toEqual([...opensExample, "--allow-root"]);
    expect(jupyterArguments(["--allow-root"], {}, root)).toEqual([...opensExample, "--allow-root"]);
  });

  it("opens a notebook that is named instead of the example", () => {
    expect(jupyterArguments(["mine.ipynb"], {}, place)).toEqual(["mine.ipynb"]);
  });
});
