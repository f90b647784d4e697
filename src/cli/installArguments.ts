/** The options of `install` and `uninstall`. */
import { string } from "../protocol/checks";
import { defineCommand } from "./commandSyntax";
import { PYTHON_OPTION } from "./doctorArguments";
import { UsageError } from "./errors";
import { checked, flag, option, type OptionTable, type OptionValues } from "./optionTable";

/** Where Jupyter finds what is installed. The Python in use decides on "auto". */
export type Scope =
  | { readonly kind: "auto" }
  | { readonly kind: "sys-prefix" }
  | { readonly kind: "user" }
  | { readonly kind: "prefix"; readonly directory: string };

/** What to install for. */
export interface InstallArguments {
  readonly scope: Scope;
  /** The Python that runs Jupyter; undefined for the one on the PATH. */
  readonly python: string | undefined;
  /** Leave the JupyterLab extension and the module for VS Code as they are. */
  readonly kernelsOnly: boolean;
}

const OPTIONS = {
  "sys-prefix": flag("the environment of the Python in use (a venv or conda environment)"),
  user: flag("your user's Jupyter folder"),
  prefix: option("DIR", "DIR/share/jupyter", checked({ ...string(1), expected: "a folder" })),
  "kernels-only": flag("the kernels only: no JupyterLab extension, no module for VS Code"),
  python: PYTHON_OPTION,
} as const satisfies OptionTable;

const SHARED = {
  options: OPTIONS,
  headings: { "sys-prefix": "Place, at most one", "kernels-only": "Other options" },
  notes:
    "By default, the place is --sys-prefix in a venv or conda environment, and --user elsewhere.",
} as const;

/** The syntax of `install`. */
export const INSTALL_SYNTAX = defineCommand({
  name: "install",
  summary: "install the tslab and jslab kernels and the JupyterLab extension",
  description:
    "Puts the tslab and jslab kernels and the JupyterLab extension where Jupyter finds them.",
  ...SHARED,
});

/** The syntax of `uninstall`. */
export const UNINSTALL_SYNTAX = defineCommand({
  name: "uninstall",
  summary: "remove what install wrote, and nothing else",
  description: "Removes what install wrote to the same place, and nothing else.",
  ...SHARED,
});

/**
 * Reads the options of `install` and `uninstall`.
 *
 * @throws UsageError when they name more than one place
 */
export function readInstallArguments(values: OptionValues<typeof OPTIONS>): InstallArguments {
  const { user, prefix, python } = values;
  const scopes: Scope[] = [
    ...(values["sys-prefix"] ? [{ kind: "sys-prefix" } as const] : []),
    ...(user ? [{ kind: "user" } as const] : []),
    ...(prefix === undefined ? [] : [{ kind: "prefix", directory: prefix } as const]),
  ];
  if (scopes.length > 1) {
    const given = scopes.map(({ kind }) => `--${kind}`).join(" and ");
    throw new UsageError(
      `place: expected one of --sys-prefix, --user and --prefix DIR, got ${given}`,
    );
  }
  return { scope: scopes[0] ?? { kind: "auto" }, python, kernelsOnly: values["kernels-only"] };
}
