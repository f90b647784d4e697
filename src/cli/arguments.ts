/** Parses the command line. */
import {
  BENCHMARK_SYNTAX,
  readBenchmarkArguments,
  type BenchmarkArguments,
} from "./benchmarkArguments";
import { commandHelp, GENERAL_OPTIONS, toolHelp, type AnyCommandSyntax } from "./commandSyntax";
import { DOCTOR_SYNTAX } from "./doctorArguments";
import { EDGE_SYNTAX, readEdgeArguments, type EdgeArguments } from "./edgeArguments";
import { UsageError } from "./errors";
import {
  EXAMPLES_SYNTAX,
  readExamplesArguments,
  type ExamplesArguments,
} from "./examplesArguments";
import {
  INSTALL_SYNTAX,
  readInstallArguments,
  UNINSTALL_SYNTAX,
  type InstallArguments,
} from "./installArguments";
import type { OptionTable } from "./optionTable";
import { parseOptions, readOperand, tokenize, wordsOf } from "./parseOptions";
import { readServeArguments, SERVE_SYNTAX, type ServeArguments } from "./serveArguments";

/** What the user asked for. */
export type Command =
  | { readonly name: "help"; readonly text: string }
  | { readonly name: "version" }
  | ({ readonly name: "install" | "uninstall" } & InstallArguments)
  | { readonly name: "doctor"; readonly python: string | undefined }
  | { readonly name: "examples"; readonly args: ExamplesArguments }
  | { readonly name: "serve"; readonly args: ServeArguments }
  | { readonly name: "edge"; readonly args: EdgeArguments }
  | { readonly name: "benchmark"; readonly args: BenchmarkArguments };

const COMMANDS = [
  INSTALL_SYNTAX,
  UNINSTALL_SYNTAX,
  DOCTOR_SYNTAX,
  EXAMPLES_SYNTAX,
  SERVE_SYNTAX,
  EDGE_SYNTAX,
  BENCHMARK_SYNTAX,
] as const;

/** All options. Options of the same name take a value in all commands or in none. */
const ALL_OPTIONS: OptionTable = COMMANDS.reduce(
  (all, { options }) => ({ ...all, ...options }),
  GENERAL_OPTIONS,
);

/**
 * Parses the command line. Options may stand before the command's name.
 *
 * @param argv - the words after the program's name
 * @param env - the environment, which may hold what isn't to be seen on the command line
 * @throws UsageError for anything but a command with options of its own
 */
export function parseArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Command {
  const tokens = tokenize(argv, ALL_OPTIONS);
  const has = (option: keyof typeof GENERAL_OPTIONS): boolean =>
    tokens.some((token) => token.kind === "option" && token.name === option);
  const syntax = syntaxOf(tokens);
  if (has("help")) return { name: "help", text: helpOf(syntax) };
  if (has("version")) return { name: "version" };
  switch (syntax?.name) {
    case "install":
    case "uninstall":
      return { name: syntax.name, ...readInstallArguments(parseOptions(syntax, argv)) };
    case "doctor":
      return { name: "doctor", ...parseOptions(DOCTOR_SYNTAX, argv) };
    case "examples": {
      const values = parseOptions(EXAMPLES_SYNTAX, argv);
      const directory = readOperand(EXAMPLES_SYNTAX, argv);
      return { name: "examples", args: readExamplesArguments(values, directory) };
    }
    case "serve":
      return { name: "serve", args: readServeArguments(parseOptions(SERVE_SYNTAX, argv), env) };
    case "edge":
      return { name: "edge", args: readEdgeArguments(parseOptions(EDGE_SYNTAX, argv), env) };
    case "benchmark":
      return {
        name: "benchmark",
        args: readBenchmarkArguments(parseOptions(BENCHMARK_SYNTAX, argv)),
      };
    case undefined: {
      const option = tokens.find((token) => token.kind === "option");
      if (option?.kind === "option" && wordOf(tokens) === undefined) {
        const known = Object.keys(GENERAL_OPTIONS).map((name) => `--${name}`);
        throw new UsageError(
          `expected a command, or options among ${known.join(", ")}, got ${option.rawName}`,
        );
      }
      const names = COMMANDS.map(({ name }) => name).join(", ");
      throw new UsageError(
        `command: expected ${names.replace(/, (\w+)$/, " or $1")}, got ${wordOf(tokens) ?? "none"}`,
      );
    }
  }
}

/** The syntax of the command that a command line names; undefined where it names none. */
function syntaxOf(tokens: ReturnType<typeof tokenize>): (typeof COMMANDS)[number] | undefined {
  const word = wordOf(tokens);
  return COMMANDS.find(({ name }) => name === word);
}

/** The first word that is neither an option nor an option's value. */
function wordOf(tokens: ReturnType<typeof tokenize>): string | undefined {
  return wordsOf(tokens)[0];
}

function helpOf(syntax: AnyCommandSyntax | undefined): string {
  return syntax === undefined ? toolHelp(COMMANDS) : commandHelp(syntax);
}

/** Words after which `--help` prints the help for a command line: the command, if it names one. */
export function helpArguments(argv: readonly string[]): string {
  const command = syntaxOf(tokenize(argv, ALL_OPTIONS));
  return command === undefined ? "--help" : `${command.name} --help`;
}
