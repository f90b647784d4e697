/** Chromium, as tests start it. */
import { chromium, type Browser } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";

/** A flag for {@link startBrowser}: names lead nowhere, so that a page reaches nothing beyond this machine. */
export const OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";

/** A flag for {@link startBrowser}: a name leads to this machine. */
export const nameOfThisMachine = (name: string): string =>
  `--host-resolver-rules=MAP ${name} 127.0.0.1`;

/**
 * Starts a browser with a new profile that makes no network requests of its own.
 *
 * @param flags - Further arguments of the browser.
 */
export function startBrowser(...flags: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [...chromiumFlags, ...flags],
  });
}
