import { installCellErrors } from "./cellErrors";
import { installCellSource } from "./cellSource";
import { installChangedPackages } from "./changedPackages";
import { installEsModules } from "./esModules";
import { installModuleTypes } from "./moduleTypes";
import type { CellScope } from "./richDisplay";
import type { TslabModule } from "./tslabKernelInternals";

/**
 * Corrects what hinders the writer of a cell in tslab. Each correction is left out if this tslab
 * differs from what it expects.
 */
export function installCorrections(tslab: TslabModule, scope: CellScope): void {
  installCellErrors(tslab, () => scope.exports);
  installCellSource(tslab, () => scope.exports);
  installModuleTypes(tslab);
  installEsModules(scope, process.cwd());
  installChangedPackages(tslab);
}
