/** What the options of a command may be. */
import type { ParseArgsConfig } from "node:util";
import { UsageError } from "./errors";

/** The options of a command, as node:util's parseArgs wants them. */
export type Flags = NonNullable<ParseArgsConfig["options"]>;

/** What was given: a text, several, or whether there is one. */
export type FlagValues = Readonly<
  Record<string, string | boolean | (string | boolean)[] | undefined>
>;

/** A text, which is not empty. @throws UsageError */
export function textFlag(values: FlagValues, name: string): string | undefined {
  const value = values[name];
  if (typeof value !== "string") return undefined;
  if (value === "") throw new UsageError(`--${name}: expected a text, got an empty one`);
  return value;
}

/** The texts of a flag that may be given several times, each perhaps a list with commas. @throws UsageError */
export function listFlag(values: FlagValues, name: string): string[] | undefined {
  const value = values[name];
  if (!Array.isArray(value)) return undefined;
  const texts = value.flatMap((one) => String(one).split(",")).map((one) => one.trim());
  if (texts.includes("")) throw new UsageError(`--${name}: expected a text, got an empty one`);
  return texts;
}

/** Whether a flag without a value was given. */
export function isGiven(values: FlagValues, name: string): boolean {
  return values[name] === true;
}

/** A number. @throws UsageError */
export function numberFlag(values: FlagValues, name: string): number | undefined {
  const text = textFlag(values, name);
  if (text === undefined) return undefined;
  // Not Number() alone, which takes "0x10" and " ".
  if (!/^-?\d*\.?\d+(e\d+)?$/i.test(text)) {
    throw new UsageError(`--${name}: expected a number, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** An integer in a range. @throws UsageError */
export function integerFlag(
  values: FlagValues,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const number = numberFlag(values, name);
  if (number === undefined || (Number.isInteger(number) && number >= least && number <= most)) {
    return number;
  }
  const range = most === Infinity ? `from ${least} up` : `from ${least} to ${most}`;
  throw new UsageError(`--${name}: expected an integer ${range}, got ${number}`);
}

/** One of several texts. @throws UsageError */
export function choiceFlag<Choice extends string>(
  values: FlagValues,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textFlag(values, name);
  return text === undefined ? undefined : choice(`--${name}`, text, choices);
}

/** The one of several texts that this is. @throws UsageError */
export function choice<Choice extends string>(
  what: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((one) => one === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `${what}: expected one of ${choices.join(", ")}, got ${JSON.stringify(text)}`,
  );
}
