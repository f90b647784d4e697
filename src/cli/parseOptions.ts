/** Parses the options on a command line by a command's table. */
import { parseArgs } from "node:util";
import type { AnyCommandSyntax } from "./commandSyntax";
import { UsageError } from "./errors";
import type { Option, OptionTable, OptionValues } from "./optionTable";

/** An option on the command line, with its value, or another word. */
export type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

/**
 * Splits a command line into options and other words. The table decides which options take the next
 * word as a value.
 */
export function tokenize(argv: readonly string[], table: OptionTable): Token[] {
  const options = Object.entries(table).map(([name, { placeholder, short }]) => {
    const type = placeholder === undefined ? ("boolean" as const) : ("string" as const);
    return [name, { type, ...(short === undefined ? {} : { short }) }] as const;
  });
  // Not strict, since the errors of strict mode don't say which options there are.
  const config = { args: [...argv], options: Object.fromEntries(options), strict: false } as const;
  return parseArgs({ ...config, tokens: true }).tokens;
}

/** The word after a command's name; undefined without one. */
export function readOperand(
  { options }: AnyCommandSyntax,
  argv: readonly string[],
): string | undefined {
  return wordsOf(tokenize(argv, options))[1];
}

/**
 * Parses the options of a command.
 *
 * @param argv - the whole command line; the command's name may be anywhere between the options
 * @throws UsageError for an unknown option, a wrong value, or a further word
 */
export function parseOptions<Table extends OptionTable>(
  { name: command, operand, options }: AnyCommandSyntax & { readonly options: Table },
  argv: readonly string[],
): OptionValues<Table> {
  const texts = new Map<string, string[]>();
  const tokens = tokenize(argv, options);
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const known = Object.keys(options).map((name) => `--${name}`);
      throw new UsageError(
        `${command}: expected options among ${known.join(", ")}, got ${token.rawName}`,
      );
    }
    texts.set(token.name, [...(texts.get(token.name) ?? []), valueOf(option, token)]);
  }
  const further = wordsOf(tokens).slice(operand === undefined ? 1 : 2);
  if (further.length > 0) {
    throw new UsageError(`${command}: expected no further words, got ${further.join(" ")}`);
  }
  const values = Object.entries(options).map(([name, option]) => [
    name,
    option.read(texts.get(name) ?? [], `--${name}`),
  ]);
  return Object.fromEntries(values) as OptionValues<Table>;
}

/** The words that are neither options nor their values, the command's name first. */
export function wordsOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
}

/** The value that an option was given; empty where it takes none. */
function valueOf(
  { placeholder }: Option<unknown>,
  { rawName, value, inlineValue }: Token & { readonly kind: "option" },
): string {
  if (placeholder === undefined) {
    if (value === undefined) return "";
    throw new UsageError(`${rawName}: expected no value, got ${JSON.stringify(value)}`);
  }
  if (value === undefined) {
    throw new UsageError(`${rawName}: expected ${placeholder} after it, got nothing`);
  }
  // In "--host --port 1" the host is missing. A number may be negative.
  if (inlineValue || !/^-[^\d.]/.test(value)) return value;
  // The value isn't shown: it may be a token.
  throw new UsageError(
    `${rawName}: expected ${placeholder} after it, got an option; a value that begins with "-" needs ${rawName}=${placeholder}`,
  );
}
