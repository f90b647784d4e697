/** The options of `edge`. */
import { integer, number, string } from "../protocol/checks";
import { edgeSettings, ORIGIN, type EdgeOptions } from "../server/rules";
import {
  ACCESS_OPTIONS,
  checkReach,
  PATH_PREFIX_OPTION,
  readAccess,
  type Access,
} from "./accessArguments";
import { defineCommand } from "./commandSyntax";
import { UsageError } from "./errors";
import { NATS_NOTE, NATS_OPTIONS, NATS_VARIABLE, readNats } from "./natsArguments";
import {
  checked,
  flag,
  listOption,
  option,
  type OptionTable,
  type OptionValues,
} from "./optionTable";
import { TOKEN_VARIABLE } from "./token";

/** Which streams to show, and to whom. */
export interface EdgeArguments {
  readonly access: Access;
  /** Without `authenticate`. */
  readonly options: EdgeOptions;
}

const OPTIONS = {
  ...NATS_OPTIONS,
  host: option("ADDRESS", "the address to listen on (by default 127.0.0.1)", checked(string(1))),
  port: option(
    "N",
    "the port, or 0 for a free one",
    checked({ ...number(), expected: "a number" }),
    8770,
  ),
  "path-prefix": PATH_PREFIX_OPTION,
  name: option(
    "NAME",
    "the edge's name in metrics and events (by default the machine's)",
    checked(string(1)),
  ),
  "no-page": flag("don't serve the page that shows the streams"),
  origin: listOption(
    "URL",
    "let pages of another origin connect; may be given several times; * for all",
    checked(ORIGIN),
  ),
  "max-viewers": option(
    "N",
    "viewers of each stream at the same time (by default 10000)",
    checked(integer(1)),
  ),
  ...ACCESS_OPTIONS,
} as const satisfies OptionTable;

/** The syntax of `edge`. */
export const EDGE_SYNTAX = defineCommand({
  name: "edge",
  summary: "show streams that publishers send to NATS, to many viewers",
  description:
    "Serves the streams that publishers send to a NATS server, and a page that shows them. Start as many\n" +
    "edges as you need, on any machine.",
  options: OPTIONS,
  headings: { nats: "NATS", host: "Server", "token-file": "Viewers" },
  notes: [
    NATS_NOTE,
    `The environment variable ${TOKEN_VARIABLE} may hold the secret that viewers need.`,
    "On the same port: /health, /metrics, /streams",
  ].join("\n"),
});

/**
 * Reads the options of `edge`.
 *
 * @param env - may hold the token and how to reach NATS
 * @throws UsageError that names the option and what it may be
 */
export function readEdgeArguments(
  values: OptionValues<typeof OPTIONS>,
  env: Readonly<Record<string, string | undefined>>,
): EdgeArguments {
  const nats = readNats(values, env);
  if (nats === undefined) {
    throw new UsageError(
      `--nats: expected an address such as "nats://127.0.0.1:4222", here or in ${NATS_VARIABLE}, got none`,
    );
  }
  const { host, port, insecure } = values;
  const options: EdgeOptions = {
    nats,
    host,
    port,
    path_prefix: values["path-prefix"],
    insecure,
    edge_name: values.name,
    origins: values.origin,
    max_viewers: values["max-viewers"],
    // The command prints the address itself.
    page: values["no-page"] ? false : "quiet",
  };
  checkByEdge(options);
  const access = readAccess(values, env);
  checkReach(host, access.kind === "all" && !insecure, [
    ...["--token-file", TOKEN_VARIABLE, "--token", "--jwt-key-file", "--authenticate"],
  ]);
  return { access, options };
}

/** Applies the edge's own checks. @throws UsageError that names the option as it was typed */
function checkByEdge(options: EdgeOptions): void {
  try {
    edgeSettings(options);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    const text = error.message.replace(/^edge_name/, "name");
    throw new UsageError(text.replace(/^\w+/, (name) => `--${name.replaceAll("_", "-")}`));
  }
}
