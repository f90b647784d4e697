/** Something that the person can mend: the command prints the message without a stack and ends with exit code 1. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}

/** Arguments that the command does not take: ends with exit code 2. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
}
