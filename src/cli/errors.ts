/**
 * A problem that the user can fix. The command prints the message without a stack and ends with
 * exit code 1.
 */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}

/** Wrong arguments on the command line. The command ends with exit code 2. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
}
