/** The options of commands that connect to NATS. */
import { NATS_OPTION, type NatsOptions } from "../server/rules";
import { UsageError } from "./errors";
import { fileOption } from "./fileOption";
import { checked, listOption, type OptionTable, type OptionValues } from "./optionTable";

/** The environment variable with NATS' addresses, as NATS' own tools have it. */
export const NATS_VARIABLE = "NATS_URL";

const ADDRESS = {
  ...NATS_OPTION,
  expected: 'an address such as "nats://127.0.0.1:4222"',
};

/** The options. There are none for secrets, because lists of processes show the command line. */
export const NATS_OPTIONS = {
  nats: listOption(
    "URL",
    `the NATS server, or several with commas (by default the environment variable ${NATS_VARIABLE})`,
    readAddress,
  ),
  "nats-creds": fileOption("a file with a JWT and the seed of its nkey, to log in to NATS"),
  "nats-nkey": fileOption("a file with the seed of an nkey, to log in to NATS"),
  "nats-ca": fileOption("certificates that sign the NATS server's, as PEM"),
  "nats-cert": fileOption("this program's own certificate for NATS, as PEM"),
  "nats-key": fileOption("the key of --nats-cert, as PEM"),
} as const satisfies OptionTable;

/** Which environment variables count, for the help. */
export const NATS_NOTE =
  "The environment variables NATS_USER and NATS_PASSWORD, or NATS_TOKEN, log in to NATS.\n" +
  "NATS_CREDS, NATS_NKEY, NATS_CA, NATS_CERT and NATS_KEY name files, as the options do.";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads how to reach NATS.
 *
 * @returns undefined where no address is given
 * @throws UsageError that names the option, or the variable, and what it may be
 */
export function readNats(
  values: OptionValues<typeof NATS_OPTIONS>,
  env: Environment,
): NatsOptions | undefined {
  // An empty variable is as good as none.
  const variable = (name: string): string | undefined => env[name] || undefined;
  const servers = values.nats ?? serversOf(variable(NATS_VARIABLE));
  if (values["nats-creds"] !== undefined && values["nats-nkey"] !== undefined) {
    throw new UsageError("--nats-creds: expected no --nats-nkey with it, got both");
  }
  const tls = {
    ca_file: values["nats-ca"] ?? variable("NATS_CA"),
    cert_file: values["nats-cert"] ?? variable("NATS_CERT"),
    key_file: values["nats-key"] ?? variable("NATS_KEY"),
  };
  if ((tls.cert_file === undefined) !== (tls.key_file === undefined)) {
    const [has, lacks] = tls.key_file === undefined ? ["cert", "key"] : ["key", "cert"];
    throw new UsageError(`--nats-${has}: expected --nats-${lacks} with it, got none`);
  }
  if (servers === undefined) return undefined;
  const hasTls = Object.values(tls).some((file) => file !== undefined);
  return {
    servers,
    creds_file: values["nats-creds"],
    nkey_file: values["nats-nkey"],
    tls: hasTls ? tls : undefined,
  };
}

/** The options among {@link NATS_OPTIONS} that a command line gives, as they are typed. */
export function givenNatsFlags(values: OptionValues<typeof NATS_OPTIONS>): string[] {
  return Object.keys(NATS_OPTIONS).flatMap((name) =>
    values[name as keyof typeof NATS_OPTIONS] === undefined ? [] : [`--${name}`],
  );
}

function readAddress(text: string, flag: string): string {
  // The text isn't shown: it holds a secret.
  if (text.includes("@")) {
    throw new UsageError(
      `${flag}: expected an address without a password, which lists of processes show; set NATS_USER and NATS_PASSWORD, NATS_TOKEN, or ${NATS_VARIABLE} in the environment`,
    );
  }
  if (NATS_OPTION.accepts(text)) return text;
  return checked({ ...ADDRESS, isSecret: false })(text, flag) as string;
}

function serversOf(variable: string | undefined): readonly string[] | undefined {
  if (variable === undefined) return undefined;
  return variable.split(",").map((text) => checked(ADDRESS)(text.trim(), NATS_VARIABLE) as string);
}
