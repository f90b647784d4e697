import { helpArguments, parseArguments } from "./arguments";
import { doctor, type Trials } from "./doctor";
import { CommandError, UsageError } from "./errors";
import { copyExamples } from "./examples";
import { type OwnPackage, install } from "./install";
import { findPlace } from "./place";
import { type PythonFacts, inspectPython } from "./python";
import type { System } from "./system";
import { uninstall } from "./uninstall";

/**
 * Runs a command line.
 *
 * @param argv - the words after the program's name
 * @param printError - prints one line of an error
 * @param trials - for doctor, so that a test can replace them
 * @returns the exit code: 0 done, 1 failed (an error says why), 2 wrong arguments
 */
export async function runCommand(
  argv: readonly string[],
  system: System,
  own: OwnPackage,
  printError: (line: string) => void,
  trials?: Trials,
): Promise<number> {
  try {
    const command = parseArguments(argv, system.env);
    switch (command.name) {
      case "help":
        system.print(command.text);
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
        install(system, own, { python, place, kernelsOnly: command.kernelsOnly });
        break;
      }
      case "uninstall": {
        const askPython = (): PythonFacts => inspectPython(system, command.python);
        const isNamed = command.python !== undefined;
        const place = findPlace(system, command.scope, askPython, isNamed);
        uninstall(system, place, command.kernelsOnly);
        break;
      }
      case "examples":
        copyExamples(system, own, command.args);
        break;
      // Loaded on demand, so that install works without what serve needs.
      case "serve": {
        const { serveCommand } = await import("./serve.js");
        await serveCommand(system, command.args, printError);
        break;
      }
      case "edge": {
        const { edgeCommand } = await import("./edge.js");
        await edgeCommand(system, command.args, printError);
        break;
      }
      case "benchmark": {
        const { benchmark } = await import("./benchmark.js");
        return await benchmark(system, command.args);
      }
    }
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError) && !isSystemError(error)) throw error;
    printError(`jupyter-rfb-ts: ${error.message}`);
    if (!(error instanceof UsageError)) return 1;
    printError(`Run npx jupyter-rfb-ts ${helpArguments(argv)} for the options`);
    return 2;
  }
}

/**
 * Whether the operating system refused a call, such as writing to a folder. Its message names the
 * path.
 */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
