import { describe, expect, it, vi } from "vitest";
import { announce } from "../../../src/hosting/announce";

function printed(url: string, env: Record<string, string>): unknown {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  announce(url, env);
  return log.mock.calls[0]?.[0];
}

describe("the address that is printed", () => {
  const LOCAL = "http://127.0.0.1:8765/";
  const PREFIX = { JUPYTERHUB_SERVICE_PREFIX: "/user/ada/" };
  const ORIGIN = { JUPYTERHUB_PUBLIC_URL: "https://hub.example/user/ada/" };

  it("is the server's own", () => {
    expect(printed(LOCAL, {})).toBe("Open http://127.0.0.1:8765/ in a browser");
  });

  it("is that of the proxy on a hub, first", () => {
    expect(printed(LOCAL, { ...PREFIX, ...ORIGIN })).toBe(
      "Open https://hub.example/user/ada/proxy/8765/ in a browser (with jupyter-server-proxy), or http://127.0.0.1:8765/ on this machine",
    );
  });

  it("is a path where the hub hasn't said its own address", () => {
    expect(printed(LOCAL, PREFIX)).toMatch(/^Open \/user\/ada\/proxy\/8765\/ on your hub in a/);
  });

  it("is the whole path of a server that has it as path_prefix", () => {
    const path = "/user/ada/proxy/absolute/8765/";
    expect(printed(`http://127.0.0.1:8765${path}`, { ...PREFIX, ...ORIGIN })).toMatch(
      /^Open https:\/\/hub\.example\/user\/ada\/proxy\/absolute\/8765\/ in a browser/,
    );
  });
});
