/** How to reach NATS: from options, an address, or the environment variables of NATS' own tools. */
import { readFileSync } from "node:fs";
import { checkOptions, isObject, mismatch, string, type Check } from "../protocol/checks";
import { errorMessage } from "../protocol/errors";

/** Files for TLS, in PEM format. */
export interface NatsTlsOptions {
  /** Certificates of who signed the server's. @defaultValue those that Node trusts */
  readonly ca_file?: string | undefined;
  /** This client's own certificate. */
  readonly cert_file?: string | undefined;
  /** The key of `cert_file`. */
  readonly key_file?: string | undefined;
}

/** How to reach NATS, and who to be there. At most one of the ways to log in is used. */
export interface NatsOptions {
  /** Addresses such as "nats://host:4222" or "tls://host:4222", of one server or of a cluster. */
  readonly servers: string | readonly string[];
  /** @defaultValue the environment variable NATS_USER */
  readonly user?: string | undefined;
  /** @defaultValue the environment variable NATS_PASSWORD */
  readonly password?: string | undefined;
  /** @defaultValue the environment variable NATS_TOKEN */
  readonly token?: string | undefined;
  /** A file with a JWT and the seed of its nkey. @defaultValue the variable NATS_CREDS */
  readonly creds_file?: string | undefined;
  /** A file with the seed of an nkey. @defaultValue the variable NATS_NKEY */
  readonly nkey_file?: string | undefined;
  /** @defaultValue files that the variables NATS_CA, NATS_CERT and NATS_KEY name */
  readonly tls?: NatsTlsOptions | undefined;
}

/** The option `nats`: one address, several, or {@link NatsOptions}. */
export type NatsOption = string | readonly string[] | NatsOptions;

/** How the connection logs in. */
export type Login =
  | { readonly kind: "none" }
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "creds" | "nkey"; readonly content: Uint8Array };

/** Everything that a connection needs. */
export interface NatsSettings {
  /** Host and port, without secrets. */
  readonly servers: readonly string[];
  readonly login: Login;
  readonly tls: NatsTlsOptions | undefined;
}

const SECRET: Check<string> = { ...string(1), isSecret: true };
const PATH = string(1);

const isAddress = (value: unknown): value is string =>
  typeof value === "string" && parseAddress(value) !== undefined;

const SERVERS: Check<string | readonly string[]> = {
  expected: 'an address such as "nats://127.0.0.1:4222", or a list of them',
  type: "string",
  // It may hold a password.
  isSecret: true,
  accepts: (value): value is string | readonly string[] =>
    isAddress(value) || (Array.isArray(value) && value.length > 0 && value.every(isAddress)),
};

const TLS: Check<NatsTlsOptions> = {
  expected: "an object with ca_file, cert_file, key_file",
  type: "object",
  accepts: (value): value is NatsTlsOptions =>
    isObject(value) &&
    Object.entries(value).every(
      ([name, file]) =>
        ["ca_file", "cert_file", "key_file"].includes(name) &&
        (file === undefined || PATH.accepts(file)),
    ),
};

const CHECKS = {
  servers: SERVERS,
  user: string(1),
  password: SECRET,
  token: SECRET,
  creds_file: PATH,
  nkey_file: PATH,
  tls: TLS,
};

/** The check of the option `nats`. */
export const NATS_OPTION: Check<NatsOption> = {
  expected: `${SERVERS.expected}, or an object with servers`,
  type: "string",
  isSecret: true,
  accepts: (value): value is NatsOption =>
    SERVERS.accepts(value) || (isObject(value) && SERVERS.accepts(value["servers"])),
};

/**
 * Fills in what the environment says, and reads the files.
 *
 * @throws TypeError or RangeError for an invalid option; Error for a file that can't be read
 */
export function natsSettings(
  option: NatsOption,
  env: Readonly<Record<string, string | undefined>>,
): NatsSettings {
  const given: NatsOptions = isObject(option)
    ? (option as unknown as NatsOptions)
    : { servers: option as string | readonly string[] };
  const { servers, ...own } = checkOptions<NatsOptions>(given, CHECKS);
  if (servers === undefined) throw new TypeError(mismatch("nats.servers", SERVERS, undefined));
  const addresses = (typeof servers === "string" ? [servers] : servers).flatMap(
    (text) => parseAddress(text) ?? [],
  );
  // An empty variable is as good as none.
  const variable = (name: string): string | undefined => env[name] || undefined;
  const tls = own.tls ?? {
    ca_file: variable("NATS_CA"),
    cert_file: variable("NATS_CERT"),
    key_file: variable("NATS_KEY"),
  };
  // Otherwise a server, or someone in between, could do without TLS.
  const isRequired = addresses.some(({ place }) => place.startsWith("tls:"));
  const hasTls = isRequired || Object.values(tls).some((file) => file !== undefined);
  return {
    servers: addresses.map(({ place }) => place),
    login: loginOf(own, addresses.find(({ login }) => login !== undefined)?.login, variable),
    tls: hasTls ? tls : undefined,
  };
}

function loginOf(
  own: Omit<NatsOptions, "servers">,
  fromAddress: Login | undefined,
  variable: (name: string) => string | undefined,
): Login {
  const user = variable("NATS_USER");
  const password = variable("NATS_PASSWORD");
  const isPartial = own.user !== undefined || own.password !== undefined;
  return (
    login(isPartial ? { user, password, ...own } : own) ??
    fromAddress ??
    login({
      ...{ user, password },
      token: variable("NATS_TOKEN"),
      creds_file: variable("NATS_CREDS"),
      nkey_file: variable("NATS_NKEY"),
    }) ?? { kind: "none" }
  );
}

function login(given: Omit<NatsOptions, "servers">): Login | undefined {
  const { user, password = "", token, creds_file, nkey_file } = given;
  if (creds_file !== undefined) {
    return { kind: "creds", content: readSecret("creds_file", creds_file) };
  }
  if (nkey_file !== undefined) {
    const content = readSecret("nkey_file", nkey_file);
    return { kind: "nkey", content: Buffer.from(content.toString("latin1").trim(), "latin1") };
  }
  if (token !== undefined) return { kind: "token", token };
  return user === undefined ? undefined : { kind: "password", user, password };
}

function readSecret(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`nats.${name}: expected a file to read, got ${errorMessage(error)}`);
  }
}

interface Address {
  readonly place: string;
  readonly login: Login | undefined;
}

/** Takes the secrets out of an address. */
function parseAddress(text: string): Address | undefined {
  // "nats:/host" would be a host named "nats".
  if (/^[a-z]+:\/(?!\/)/i.test(text)) return undefined;
  try {
    const { protocol, username, password, hostname, port } = new URL(
      text.includes("://") ? text : `nats://${text}`,
    );
    if ((protocol !== "nats:" && protocol !== "tls:") || hostname === "") return undefined;
    const place = `${protocol}//${hostname}${port === "" ? ":4222" : `:${port}`}`;
    return { place, login: loginInAddress(username, password) };
  } catch {
    return undefined;
  }
}

function loginInAddress(username: string, password: string): Login | undefined {
  if (username === "") return undefined;
  const name = decodeURIComponent(username);
  if (password === "") return { kind: "token", token: name };
  return { kind: "password", user: name, password: decodeURIComponent(password) };
}
