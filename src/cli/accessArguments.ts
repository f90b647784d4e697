/** Who may watch, as command lines say it. */
import { string } from "../protocol/checks";
import { isLoopbackHost } from "../server/rules";
import { UsageError } from "./errors";
import { fileOption } from "./fileOption";
import {
  checked,
  flag,
  listOption,
  option,
  type OptionTable,
  type OptionValues,
} from "./optionTable";
import { readToken, TOKEN_VARIABLE } from "./token";

const TEXT = checked(string(1));

/** The options for a secret that viewers share. */
export const TOKEN_OPTIONS = {
  "token-file": option("FILE", "a file with a secret that viewers need", TEXT),
  token: option(
    "TEXT",
    `the secret itself, which lists of processes show; --token-file and ${TOKEN_VARIABLE} don't`,
    TEXT,
  ),
} as const satisfies OptionTable;

/** Lets anyone watch. */
export const INSECURE_OPTION = flag(
  "let anyone watch, even if other machines can reach the address",
);

/** Where a proxy shows the server. */
export const PATH_PREFIX_OPTION = option(
  "PATH",
  "the path prefix that a proxy leaves in the requests it forwards, such as /user/ada/proxy/absolute/8765",
  TEXT,
);

/** All ways to decide who may watch. */
export const ACCESS_OPTIONS = {
  ...TOKEN_OPTIONS,
  "jwt-key-file": fileOption(
    "accept viewers whose token is a JWT: a file with a public key (PEM, JWK) or a shared secret",
  ),
  "jwt-audience": listOption(
    "TEXT",
    "accept only JWTs for this audience; may be given several times",
    TEXT,
  ),
  "jwt-issuer": listOption(
    "TEXT",
    "accept only JWTs of this issuer; may be given several times",
    TEXT,
  ),
  authenticate: fileOption(
    "a JavaScript module whose default export decides: the function authenticate",
    "MODULE",
  ),
  insecure: INSECURE_OPTION,
} as const satisfies OptionTable;

/** Who may watch. */
export type Access =
  | { readonly kind: "all" }
  /** Viewers with a secret. Never printed. */
  | { readonly kind: "token"; readonly token: string }
  /** Viewers that a module accepts. */
  | { readonly kind: "module"; readonly file: string }
  /** Viewers with a JSON Web Token. */
  | {
      readonly kind: "jwt";
      readonly keyFile: string;
      readonly audience: readonly string[] | undefined;
      readonly issuer: readonly string[] | undefined;
    };

/**
 * Reads who may watch.
 *
 * @param env - may hold the token
 * @throws UsageError when it is decided in two ways, or the token can't be read
 */
export function readAccess(
  values: OptionValues<typeof ACCESS_OPTIONS>,
  env: Readonly<Record<string, string | undefined>>,
): Access {
  const token = readToken(values.token, values["token-file"], env);
  const { "jwt-key-file": keyFile, authenticate: file } = values;
  const given = [
    ...(keyFile === undefined ? [] : ["--jwt-key-file"]),
    ...(file === undefined ? [] : ["--authenticate"]),
    ...(token === undefined ? [] : [tokenSource(values)]),
  ];
  if (given.length > 1) {
    throw new UsageError(`${given[0]}: expected no ${given[1]} with it, got both`);
  }
  for (const name of ["jwt-audience", "jwt-issuer"] as const) {
    if (values[name] !== undefined && keyFile === undefined) {
      throw new UsageError(`--${name}: expected --jwt-key-file with it, got none`);
    }
  }
  if (token !== undefined) return { kind: "token", token };
  if (file !== undefined) return { kind: "module", file };
  if (keyFile === undefined) return { kind: "all" };
  return { kind: "jwt", keyFile, audience: values["jwt-audience"], issuer: values["jwt-issuer"] };
}

function tokenSource(values: OptionValues<typeof TOKEN_OPTIONS>): string {
  if (values.token !== undefined) return "--token";
  return values["token-file"] === undefined ? TOKEN_VARIABLE : "--token-file";
}

/**
 * Checks that strangers can't watch by mistake.
 *
 * @param ways - the options that decide who may watch, for the error
 * @throws UsageError if other machines can reach the address and anyone could watch
 */
export function checkReach(
  host: string | undefined,
  isOpen: boolean,
  ways: readonly string[],
): void {
  if (!isOpen || host === undefined || isLoopbackHost(host)) return;
  throw new UsageError(
    `--host: other machines can reach ${host}, and anyone could watch; use ${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}, listen on 127.0.0.1, or pass --insecure`,
  );
}
