/**
 * Tables of options. Each command has one, from which its arguments are parsed and its help is
 * made.
 */
import { mismatch, type Check, type Expected } from "../protocol/checks";
import { UsageError } from "./errors";

/** One option of a command. */
export interface Option<T> {
  /** Stands for the value in the help, such as "N". Undefined for an option without a value. */
  readonly placeholder: string | undefined;
  /** What the option does, in a few words, with its default. For the help. */
  readonly description: string;
  /** One letter that stands for the name: "h" for -h. */
  readonly short?: string;
  /**
   * Makes the option's value.
   *
   * @param texts - the value each time that the option is given, in that order; empty without a
   * value
   * @param flag - the option as it is given, for errors: "--port"
   * @throws UsageError
   */
  readonly read: (texts: readonly string[], flag: string) => T;
}

/** The options of a command, by name, in the order of the help. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of a table's options. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

/** Makes a value from a text. Throws UsageError. */
export type ReadText<T> = (text: string, flag: string) => T;

/** An option without a value: true where it is given. */
export function flag(description: string): Option<boolean> {
  return { placeholder: undefined, description, read: (texts) => texts.length > 0 };
}

/** An option with a value. Of several the last counts. */
export function option<T>(
  placeholder: string,
  description: string,
  readText: ReadText<T>,
): Option<T | undefined>;
/** An option with a value, and a default that the help names. Of several values the last counts. */
export function option<T>(
  placeholder: string,
  description: string,
  readText: ReadText<T>,
  fallback: T,
): Option<T>;
export function option<T>(
  placeholder: string,
  description: string,
  readText: ReadText<T>,
  fallback?: T,
): Option<T | undefined> {
  return {
    placeholder,
    description:
      fallback === undefined ? description : `${description} (by default ${String(fallback)})`,
    read: (texts, name) => {
      const text = texts.at(-1);
      return text === undefined ? fallback : readText(text, name);
    },
  };
}

/**
 * An option that may be given several times, each time with one value or several with commas.
 * Undefined without any.
 */
export function listOption<T>(
  placeholder: string,
  description: string,
  readText: ReadText<T>,
): Option<readonly T[] | undefined> {
  return {
    placeholder,
    description,
    read: (texts, name) => {
      const items = texts.flatMap((text) => text.split(","));
      return texts.length === 0 ? undefined : items.map((item) => readText(item.trim(), name));
    },
  };
}

/** Reads a text, or a number in decimal notation, that a check accepts. */
export function checked<T>(check: Check<T>): ReadText<T> {
  return (text, name) => {
    const value = check.type === "number" ? toNumber(text, name, check) : text;
    if (check.accepts(value)) return value;
    throw wrongValue(name, check, value);
  };
}

function toNumber(text: string, name: string, expected: Expected): number {
  // Number() alone would accept "0x10" and " ".
  if (/^-?\d*\.?\d+(e\d+)?$/i.test(text)) return Number(text);
  throw wrongValue(name, expected, text);
}

/** The error about an option's value. */
export function wrongValue(name: string, expected: Expected, value: unknown): UsageError {
  return new UsageError(mismatch(name, expected, value));
}
