/** What every test of this folder starts: a server, and a browser that looks at it. */
import type { Browser } from "@playwright/test";
import { startBrowser } from "../../support/chromium";
import type { Disposables } from "../../support/disposables";
import { startServer, type HostServer, type HostServerOptions } from "./server";

/**
 * Starts a server and a browser at the same time.
 *
 * @param owner - ends both
 * @param flags - the browser's
 */
export function startServerAndBrowser(
  owner: Disposables,
  options: HostServerOptions,
  ...flags: readonly string[]
): Promise<[HostServer, Browser]> {
  return Promise.all([
    owner.own(startServer(options), (server) => server.stop()),
    owner.own(startBrowser(...flags), (browser) => browser.close()),
  ]);
}
