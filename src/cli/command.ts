import { parseArguments } from "./arguments";
import { doctor, type Trials } from "./doctor";
import { CommandError, UsageError } from "./errors";
import { type OwnPackage, install } from "./install";
import { findPlace } from "./place";
import { type PythonFacts, inspectPython } from "./python";
import type { System } from "./system";
import { uninstall } from "./uninstall";

/**
 * Does what the command line says.
 *
 * @param argv - what follows the command's own name
 * @param printError - prints one line about what went wrong
 * @param trials - for doctor; a test may stand in for it
 * @returns the exit code: 0 done, 1 something is missing (the message says what), 2 wrong arguments
 */
export async function runCommand(
  argv: readonly string[],
  system: System,
  own: OwnPackage,
  printError: (line: string) => void,
  trials?: Trials,
): Promise<number> {
  try {
    const command = parseArguments(argv);
    switch (command.name) {
      case "help":
        system.print(command.usage);
        break;
      case "version":
        system.print(own.version);
        break;
      case "doctor":
        return await doctor(system, own, command.python, trials);
      case "install": {
        const python = inspectPython(system, command.python);
        const isNamed = command.python !== undefined;
        const place = findPlace(system, command.scope, () => python, isNamed);
        install(system, own, python, place);
        break;
      }
      case "uninstall": {
        const askPython = (): PythonFacts => inspectPython(system, command.python);
        uninstall(
          system,
          findPlace(system, command.scope, askPython, command.python !== undefined),
        );
        break;
      }
      // Loaded when it is wanted: what is missing of the server is not to keep install from working.
      case "serve": {
        const { serveCommand } = await import("./serve.js");
        await serveCommand(system, own, command.given, printError);
        break;
      }
      case "benchmark": {
        const { benchmark } = await import("./benchmark.js");
        return await benchmark(system, command.given);
      }
    }
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError) && !isSystemError(error)) throw error;
    printError(`jupyter-rfb-ts: ${error.message}`);
    if (!(error instanceof UsageError)) return 1;
    const [first = ""] = argv;
    const command = COMMANDS_WITH_HELP.has(first) ? `${first} --help` : "--help";
    printError(`Run npx jupyter-rfb-ts ${command} to see what it takes`);
    return 2;
  }
}

/** Those that tell more of themselves. */
const COMMANDS_WITH_HELP: ReadonlySet<string> = new Set(["serve", "benchmark"]);

/** Whether the system refused something, as writing where the person may not. Its message names what, and where. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
