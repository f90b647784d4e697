/** What a command accepts, and how its help says so. */
import { flag, type OptionTable } from "./optionTable";
import { textTable } from "./textTable";

/** A command's name, options and help. */
export interface CommandSyntax<Name extends string, Table extends OptionTable> {
  readonly name: Name;
  /** A phrase for the list of all commands. */
  readonly summary: string;
  /** The command's help begins with it: one or two sentences. */
  readonly description: string;
  /** Stands for the word that may follow the command, such as "DIR"; undefined if none may. */
  readonly operand?: string;
  readonly options: Table;
  /** Headings in the help, each by the name of the first option below it. */
  readonly headings?: { readonly [Option in keyof Table]?: string };
  /** The command's help ends with it. */
  readonly notes?: string;
}

/** A command's syntax, whatever the command. */
export type AnyCommandSyntax = CommandSyntax<string, OptionTable>;

/** Options that every command has, and the tool itself. */
export const GENERAL_OPTIONS = {
  help: { ...flag("print this help"), short: "h" },
  version: flag("print the version"),
} as const satisfies OptionTable;

/** Defines a command. Its headings must name options that there are. */
export function defineCommand<Name extends string, Table extends OptionTable>(
  syntax: CommandSyntax<Name, Table>,
): CommandSyntax<Name, Table> {
  return syntax;
}

/** What `jupyter-rfb-ts COMMAND --help` prints. */
export function commandHelp(syntax: AnyCommandSyntax): string {
  const { name, description, operand, options, headings = {}, notes } = syntax;
  const words = operand === undefined ? name : `${name} [${operand}]`;
  const lines = [`Usage: npx jupyter-rfb-ts ${words} [options]`, "", description];
  const names = Object.keys(options);
  const rows = optionLines({ ...options, help: GENERAL_OPTIONS.help });
  rows.forEach((row, at) => {
    const heading = headings[names[at] ?? ""];
    if (heading !== undefined) lines.push("", `${heading}:`);
    else if (at === 0 || at === names.length) lines.push("");
    lines.push(row);
  });
  return [...lines, ...(notes === undefined ? [] : ["", notes])].join("\n");
}

/** What `jupyter-rfb-ts --help` prints. */
export function toolHelp(commands: readonly AnyCommandSyntax[]): string {
  return [
    "Usage: npx jupyter-rfb-ts <command> [options]",
    "",
    "Shows live pictures drawn in TypeScript: on web pages, and in JupyterLab and Notebook 7 with the",
    "tslab kernel.",
    "",
    "Commands:",
    ...table(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Options:",
    ...optionLines(GENERAL_OPTIONS),
    "",
    "npx jupyter-rfb-ts <command> --help prints the options of a command.",
  ].join("\n");
}

function optionLines(options: OptionTable): string[] {
  return table(
    Object.entries(options).map(([name, { placeholder, description, short }]) => [
      `${short === undefined ? "" : `-${short}, `}--${name} ${placeholder ?? ""}`.trimEnd(),
      description,
    ]),
  );
}

function table(rows: readonly (readonly string[])[]): string[] {
  return textTable(rows, () => true).map((line) => `  ${line}`);
}
