/** Checks what a user gives the client. */
import { describeValue } from "../protocol/errors";
import { MAX_TOKEN_LENGTH } from "../protocol/streamParse";
import { DEFAULT_THROTTLE_MS } from "../view/index";
import type { FitMode } from "./shared/types";
import { withoutSecrets } from "./shared/withoutSecrets";
import type { RemoteFramebufferOptions } from "./types";

/** See {@link RemoteFramebufferOptions.maxInflight}: twice what servers send without a receipt. */
export const DEFAULT_MAX_INFLIGHT = 8;

const FIT_MODES: readonly FitMode[] = ["contain", "cover", "fill"];

/** All options. */
const NAMES: { readonly [Name in keyof RemoteFramebufferOptions]-?: true } = {
  url: true,
  token: true,
  imageOnly: true,
  quality: true,
  fit: true,
  background: true,
  autoResize: true,
  devicePixelRatio: true,
  maxBackingDimension: true,
  maxInflight: true,
  throttle: true,
  label: true,
  workerFactory: true,
  debug: true,
  onState: true,
  onStats: true,
  onError: true,
};

/** Options that are right, with the defaults filled in. */
export interface CheckedOptions {
  /** A ws: or wss: URL. */
  readonly url: string;
  readonly token: string | undefined;
  readonly imageOnly: boolean;
  readonly fit: FitMode;
  readonly background: string;
  readonly autoResize: boolean;
  readonly devicePixelRatio: number | undefined;
  readonly maxBackingDimension: number;
  readonly maxInflight: number;
  readonly quality: number | undefined;
  readonly throttle: number;
  readonly label: string | undefined;
  readonly workerFactory: (() => Worker) | undefined;
  readonly debug: boolean;
}

/**
 * Checks options.
 *
 * @param base - The page's URL, for relative ones.
 * @throws TypeError when an option is of the wrong type.
 * @throws RangeError when it is none of the possible values.
 */
export function checkOptions(options: RemoteFramebufferOptions, base: string): CheckedOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`options: expected an object with a url, got ${describeValue(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(NAMES, name)) {
      throw new TypeError(
        `options: expected some of ${Object.keys(NAMES).join(", ")}, got ${describeValue(name)}`,
      );
    }
  }
  for (const name of ["onState", "onStats", "onError", "workerFactory"] as const) {
    expectType(name, options[name], "function");
  }
  for (const name of ["imageOnly", "autoResize", "debug"] as const) {
    expectType(name, options[name], "boolean");
  }
  expectType("label", options.label, "string");
  const { fit = "contain", background = "#000", quality } = options;
  return {
    url: streamUrl(options.url, base),
    token: checkToken(options.token),
    imageOnly: options.imageOnly ?? false,
    fit: checkFit(fit),
    background: checkBackground(background),
    autoResize: options.autoResize ?? true,
    devicePixelRatio: checkNumber("devicePixelRatio", options.devicePixelRatio, 0.01, 100),
    maxBackingDimension:
      checkInteger("maxBackingDimension", options.maxBackingDimension, 1, 65535) ?? Infinity,
    maxInflight: checkInteger("maxInflight", options.maxInflight, 1, 1000) ?? DEFAULT_MAX_INFLIGHT,
    quality: quality === undefined ? undefined : checkQuality(quality),
    throttle: checkNumber("throttle", options.throttle, 0, 60_000) ?? DEFAULT_THROTTLE_MS,
    label: options.label,
    workerFactory: options.workerFactory,
    debug: options.debug ?? false,
  };
}

/**
 * The WebSocket's URL. The fragment, which none may have, is left out.
 *
 * @throws TypeError when it is no text.
 * @throws RangeError when it is no URL of the web.
 */
export function streamUrl(url: unknown, base: string): string {
  if (typeof url !== "string") {
    throw new TypeError(`url: expected a text, got ${describeValue(url)}`);
  }
  const expected = "url: expected a ws:, wss:, http: or https: URL, or one relative to the page";
  let parsed: URL;
  try {
    parsed = new URL(url, base);
  } catch {
    throw new RangeError(`${expected}, got ${describeValue(withoutSecrets(url))}`);
  }
  const protocol = { "ws:": "ws:", "wss:": "wss:", "http:": "ws:", "https:": "wss:" }[
    parsed.protocol
  ];
  if (protocol === undefined) {
    throw new RangeError(`${expected}, got ${describeValue(withoutSecrets(url))}`);
  }
  parsed.protocol = protocol;
  parsed.hash = "";
  return parsed.href;
}

/** @throws TypeError, RangeError */
export function checkFit(fit: unknown): FitMode {
  expectType("fit", fit, "string");
  const found = FIT_MODES.find((mode) => mode === fit);
  if (found !== undefined) return found;
  throw new RangeError(`fit: expected ${FIT_MODES.join(" or ")}, got ${describeValue(fit)}`);
}

/** @throws TypeError, RangeError */
export function checkQuality(quality: unknown): number | undefined {
  return checkInteger("quality", quality, 1, 100);
}

/**
 * A CSS background.
 *
 * @throws TypeError when it is no text.
 * @throws RangeError when the browser does not take it.
 */
export function checkBackground(background: unknown): string {
  if (typeof background !== "string") {
    throw new TypeError(`background: expected a text, got ${describeValue(background)}`);
  }
  // Absent where there is no page.
  const css = globalThis.CSS as typeof CSS | undefined;
  if (css?.supports("background", background) ?? true) return background;
  throw new RangeError(
    `background: expected a CSS background such as "#000", got ${describeValue(background)}`,
  );
}

/** Its error does not show the token. */
function checkToken(token: unknown): string | undefined {
  if (token === undefined) return undefined;
  if (typeof token !== "string") {
    throw new TypeError(`token: expected a text, got a value of type ${typeof token}`);
  }
  if (token.length <= MAX_TOKEN_LENGTH) return token;
  throw new RangeError(
    `token: expected at most ${MAX_TOKEN_LENGTH} characters, got ${token.length}`,
  );
}

function checkNumber(
  name: string,
  value: unknown,
  least: number,
  most: number,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number") {
    throw new TypeError(`${name}: expected a number, got ${describeValue(value)}`);
  }
  if (value >= least && value <= most) return value;
  throw new RangeError(`${name}: expected a number from ${least} to ${most}, got ${value}`);
}

function checkInteger(
  name: string,
  value: unknown,
  least: number,
  most: number,
): number | undefined {
  const number = checkNumber(name, value, least, most);
  if (number === undefined || Number.isInteger(number)) return number;
  throw new RangeError(`${name}: expected an integer from ${least} to ${most}, got ${number}`);
}

function expectType(name: string, value: unknown, type: "string" | "boolean" | "function"): void {
  if (value === undefined || typeof value === type) return;
  throw new TypeError(`${name}: expected a ${type}, got ${describeValue(value)}`);
}
