/** The options of `examples`. */
import { defineCommand } from "./commandSyntax";
import { UsageError } from "./errors";
import { flag, type OptionTable, type OptionValues } from "./optionTable";

/** Where to copy the examples, and how. */
export interface ExamplesArguments {
  /** The folder, relative to the working directory. */
  readonly directory: string;
  /** Whether to overwrite files that differ. */
  readonly force: boolean;
}

const OPTIONS = {
  force: flag("overwrite files in DIR that differ from the examples"),
} as const satisfies OptionTable;

/** The syntax of `examples`. */
export const EXAMPLES_SYNTAX = defineCommand({
  name: "examples",
  summary: "copy the examples: notebooks and web pages",
  description:
    "Copies the examples, notebooks and web pages, to the folder DIR (by default examples).\n" +
    "Files in DIR that differ stay as they are.",
  operand: "DIR",
  options: OPTIONS,
});

/**
 * Reads the options of `examples`.
 *
 * @param directory - the word after the command; undefined without one
 * @throws UsageError when the word is empty
 */
export function readExamplesArguments(
  { force }: OptionValues<typeof OPTIONS>,
  directory = "examples",
): ExamplesArguments {
  if (directory === "") throw new UsageError('DIR: expected a folder, got ""');
  return { directory, force };
}
