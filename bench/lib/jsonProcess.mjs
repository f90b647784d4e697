/** A process that answers each line of JSON on stdin with one on stdout. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class JsonProcess {
  #name;
  #child;
  #lines;

  /** @param {string} command
   * @param {readonly string[]} args */
  constructor(command, args) {
    this.#name = args[0] ?? command;
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @param {object} task
   * @returns {Promise<any>} what the process makes of it */
  async ask(task) {
    this.#child.stdin.write(`${JSON.stringify(task)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`Cannot measure: ${this.#name} ended`);
    return JSON.parse(value);
  }

  end() {
    this.#child.stdin.end();
  }
}
