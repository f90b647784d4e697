/** Parses the options on a command line by a command's table. */
import { parseArgs } from "node:util";
import { UsageError } from "./errors";
import type { AnyCommandSyntax } from "./commandSyntax";
import type { Option, OptionTable, OptionValues } from "./optionTable";

/** A word of the command line: an option, with its value if it has one, or another word. */
export type Token =
  | { readonly kind: "word"; readonly text: string }
  | {
      readonly kind: "option";
      readonly name: string;
      /** As it was typed: "-h". */
      readonly typed: string;
      readonly value: string | undefined;
      /** Whether the value is in the same word: "--port=1". */
      readonly isInline: boolean;
    };

/** Splits a command line into options and other words. The table decides which options take the next word as a value. */
export function tokenize(argv: readonly string[], table: OptionTable): Token[] {
  const options = Object.entries(table).map(([name, { placeholder, short }]) => {
    const type = placeholder === undefined ? ("boolean" as const) : ("string" as const);
    return [name, { type, ...(short === undefined ? {} : { short }) }] as const;
  });
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(options),
    // The errors of strict mode don't say which options there are.
    strict: false,
    tokens: true,
  });
  return tokens.flatMap((token): Token[] => {
    if (token.kind === "positional") return [{ kind: "word", text: token.value }];
    if (token.kind === "option-terminator") return [];
    const { name, rawName: typed, value, inlineValue: isInline = false } = token;
    return [{ kind: "option", name, typed, value, isInline }];
  });
}

/**
 * Parses the options of a command.
 *
 * @param argv - the whole command line; the command's name may be anywhere between the options
 * @throws UsageError for an unknown option, a wrong value, or a further word
 */
export function parseOptions<Table extends OptionTable>(
  { name: command, options }: AnyCommandSyntax & { readonly options: Table },
  argv: readonly string[],
): OptionValues<Table> {
  const texts = new Map<string, string[]>();
  const words: string[] = [];
  for (const token of tokenize(argv, options)) {
    if (token.kind === "word") {
      words.push(token.text);
      continue;
    }
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const known = Object.keys(options).map((name) => `--${name}`);
      throw new UsageError(
        `${command}: expected options among ${known.join(", ")}, got ${token.typed}`,
      );
    }
    texts.set(token.name, [...(texts.get(token.name) ?? []), valueOf(option, token)]);
  }
  const [, ...further] = words;
  if (further.length > 0) {
    throw new UsageError(`${command}: expected no further words, got ${further.join(" ")}`);
  }
  const values = Object.entries(options).map(([name, option]) => [
    name,
    option.read(texts.get(name) ?? [], `--${name}`),
  ]);
  return Object.fromEntries(values) as OptionValues<Table>;
}

/** The value that an option was given; empty where it takes none. */
function valueOf(
  { placeholder }: Option<unknown>,
  { typed, value, isInline }: Token & { readonly kind: "option" },
): string {
  if (placeholder === undefined) {
    if (value === undefined) return "";
    throw new UsageError(`${typed}: expected no value, got ${JSON.stringify(value)}`);
  }
  // In "--host --port 1" the host is missing. A number may be negative.
  const isMissing = value === undefined || (!isInline && /^-[^\d.]/.test(value));
  if (!isMissing) return value;
  throw new UsageError(`${typed}: expected ${placeholder} after it, got ${value ?? "nothing"}`);
}
