/** Checks what a user gives the client. */
import {
  boolean,
  callable,
  checkOptions as checkGiven,
  checkValue,
  integer,
  mismatch,
  nullable,
  number,
  object,
  oneOf,
  string,
  type Check,
  type Checks,
} from "../protocol/checks";
import { TOKEN } from "../protocol/token";
import { TOOLBAR_MODE, type ToolbarMode } from "../protocol/toolbarMode";
import type { FitMode } from "./shared/types";
import { withoutSecrets } from "./shared/withoutSecrets";
import type { RemoteFramebufferOptions } from "./types";

/** See {@link RemoteFramebufferOptions.maxInflight}: twice what servers send without a receipt. */
export const DEFAULT_MAX_INFLIGHT = 8;

const FIT = oneOf<FitMode>(["contain", "cover", "fill"]);
const QUALITY = integer(1, 100);
const MAX_URLS = 64;
const URL_TEXT = string();
const URLS: Check<string | readonly string[]> = {
  expected: `a string, or a list of 1 to ${MAX_URLS} strings`,
  type: "string",
  accepts: (value): value is string | readonly string[] =>
    Array.isArray(value)
      ? value.length > 0 && value.length <= MAX_URLS && value.every((one) => URL_TEXT.accepts(one))
      : URL_TEXT.accepts(value),
};
const CSS_TEXT = string();

const CHECKS: Checks<RemoteFramebufferOptions> = {
  url: URLS,
  token: TOKEN,
  imageOnly: boolean,
  quality: QUALITY,
  fit: FIT,
  background: CSS_TEXT,
  autoResize: boolean,
  devicePixelRatio: number(0.01, 100),
  maxBackingDimension: integer(1, 65535),
  maxInflight: integer(1, 1000),
  throttle: nullable(number(0, 60_000)),
  touchKeyboard: boolean,
  hideState: boolean,
  toolbar: TOOLBAR_MODE,
  label: string(),
  workerFactory: callable,
  debug: boolean,
  onState: callable,
  onStats: callable,
  onRole: callable,
  onError: callable,
};

/** Options that are right, with the defaults filled in. */
export interface CheckedOptions {
  /** One ws: or wss: URL or more. */
  readonly urls: readonly string[];
  readonly token: string | undefined;
  readonly imageOnly: boolean;
  readonly fit: FitMode;
  readonly background: string;
  readonly autoResize: boolean;
  readonly devicePixelRatio: number | undefined;
  readonly maxBackingDimension: number;
  readonly maxInflight: number;
  readonly quality: number | undefined;
  readonly throttle: number | null;
  readonly touchKeyboard: boolean;
  readonly hideState: boolean;
  readonly toolbar: ToolbarMode;
  readonly label: string | undefined;
  readonly workerFactory: (() => Worker) | undefined;
  readonly debug: boolean;
}

const DEFAULTS: Omit<CheckedOptions, "urls"> = {
  token: undefined,
  imageOnly: false,
  fit: "contain",
  background: "#000",
  autoResize: true,
  devicePixelRatio: undefined,
  maxBackingDimension: Infinity,
  maxInflight: DEFAULT_MAX_INFLIGHT,
  quality: undefined,
  throttle: null,
  touchKeyboard: false,
  hideState: false,
  toolbar: false,
  label: undefined,
  workerFactory: undefined,
  debug: false,
};

/**
 * Checks options.
 *
 * @param base - The page's URL, for relative ones.
 * @throws TypeError for an unknown option or a value of the wrong type.
 * @throws RangeError for a wrong value of the right type.
 */
export function checkOptions(options: RemoteFramebufferOptions, base: string): CheckedOptions {
  checkValue("options", options, { ...object, expected: "an object with a url" });
  const { url, ...given } = checkGiven(options, CHECKS);
  const settings = { ...DEFAULTS, ...given };
  checkBackground(settings.background);
  return { ...settings, urls: streamUrls(url, base) };
}

function streamUrls(url: unknown, base: string): string[] {
  const urls = checkValue("url", url, URLS);
  if (typeof urls === "string") return [streamUrl(urls, base)];
  return urls.map((one, at) => streamUrl(one, base, `url[${at}]`));
}

/**
 * The WebSocket's URL, without the fragment, which none may have.
 *
 * @param name - the value's name in errors
 * @throws TypeError when it isn't a string.
 * @throws RangeError when it isn't a URL of the web.
 */
export function streamUrl(url: unknown, base: string, name = "url"): string {
  const text = checkValue(name, url, URL_TEXT);
  const parsed = parseUrl(text, base);
  const protocol = { "ws:": "ws:", "wss:": "wss:", "http:": "ws:", "https:": "wss:" }[
    parsed?.protocol ?? ""
  ];
  if (parsed === undefined || protocol === undefined) {
    const expected = "a ws:, wss:, http: or https: URL, or one relative to the page";
    throw new RangeError(mismatch(name, { expected }, withoutSecrets(text)));
  }
  parsed.protocol = protocol;
  parsed.hash = "";
  return parsed.href;
}

function parseUrl(text: string, base: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** @throws TypeError, RangeError */
export function checkFit(fit: unknown): FitMode {
  return checkValue("fit", fit, FIT);
}

/** @throws TypeError, RangeError */
export function checkQuality(quality: unknown): number | undefined {
  return quality === undefined ? undefined : checkValue("quality", quality, QUALITY);
}

/**
 * A CSS background.
 *
 * @throws TypeError when it isn't a string.
 * @throws RangeError when the browser doesn't know it.
 */
export function checkBackground(background: unknown): string {
  const text = checkValue("background", background, CSS_TEXT);
  // Absent where there is no page.
  const css = globalThis.CSS as typeof CSS | undefined;
  if (css?.supports("background", text) ?? true) return text;
  const expected = 'a CSS background such as "#000"';
  throw new RangeError(mismatch("background", { expected }, text));
}
