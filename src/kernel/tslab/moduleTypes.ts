/**
 * Finds the types of packages that name them only in "exports", such as those of three/webgpu.
 * tslab's TypeScript looks for them as Node 10 did, which knew no "exports", so it says "Cannot
 * find module".
 *
 * For such a module TypeScript sees a file that isn't there: `node_modules/three/webgpu.d.ts`. It
 * exports everything from the file that TypeScript's newer rules find.
 */
import type { TslabModule } from "./tslabKernelInternals";

/** The part of TypeScript's access to files that is used here. Paths have forward slashes. */
interface Files {
  fileExists(path: string): boolean;
  directoryExists(path: string): boolean;
  readFile(path: string, encoding?: string): string | undefined;
  realpath(path: string): string;
  watchFile(path: string, ...rest: unknown[]): { close(): void };
}

/** The part of tslab's TypeScript that is used here. */
export interface Resolver {
  readonly sys: Files;
  readonly ModuleKind: { readonly CommonJS: number; readonly ESNext: number };
  readonly ModuleResolutionKind: { readonly Node10: number; readonly Node16: number };
  resolveModuleName(
    name: string,
    importingFile: string,
    options: object,
    files: Omit<Files, "watchFile">,
    cache?: undefined,
    redirect?: undefined,
    moduleKind?: number,
  ): { readonly resolvedModule?: { readonly resolvedFileName: string } | undefined };
}

/** A path inside a package: the folder that has node_modules, the package, the path in it. */
const IN_PACKAGE = /^(.*)\/node_modules\/((?:@[^/]+\/)?[^/@][^/]*)((?:\/[^/]+)*)$/s;

const DECLARATIONS = /\.d\.([cm]?)ts$/;

/** Declarations that stand in for files that aren't there. */
class ExportedTypes {
  readonly #typescript: Resolver;
  readonly #files: Omit<Files, "watchFile">;
  /** The file with the types by the path that stands in for it. */
  readonly #targets = new Map<string, string>();

  constructor(typescript: Resolver, files: Omit<Files, "watchFile">) {
    this.#typescript = typescript;
    this.#files = files;
  }

  /** Whether a path stands in for a module's types. */
  has(path: string): boolean {
    return this.#target(path) !== undefined;
  }

  /** The text of a file that {@link has} reports. */
  read(path: string): string | undefined {
    const target = this.#target(path);
    if (target === undefined) return undefined;
    const types = this.#files.readFile(target) ?? "";
    const module = JSON.stringify(target.replace(DECLARATIONS, ".$1js"));
    if (/^\s*export\s*=/m.test(types)) {
      return `import types = require(${module});\nexport = types;\n`;
    }
    // "export *" leaves the default out.
    const hasDefault = /\bdefault\b/.test(types);
    return `export * from ${module};\n${hasDefault ? `export { default } from ${module};\n` : ""}`;
  }

  /** Whether "exports" may name modules below a folder that isn't there. */
  mayHaveFolder(path: string): boolean {
    const [, folder, name, rest] = IN_PACKAGE.exec(path) ?? [];
    if (!rest || rest.includes("/node_modules")) return false;
    return this.#hasExports(`${folder}/node_modules/${name}`);
  }

  #target(path: string): string | undefined {
    const known = this.#targets.get(path);
    if (known !== undefined && this.#files.fileExists(known)) return known;
    const target = this.#find(path);
    if (target !== undefined) this.#targets.set(path, target);
    return target;
  }

  #find(path: string): string | undefined {
    if (!path.endsWith(".d.ts")) return undefined;
    const [, folder, name, rest] = IN_PACKAGE.exec(path.slice(0, -".d.ts".length)) ?? [];
    if (!this.#hasExports(`${folder}/node_modules/${name}`)) return undefined;
    const module = `${name}${rest}`;
    const { ModuleKind, ModuleResolutionKind } = this.#typescript;
    const resolve = (moduleResolution: number, moduleKind?: number): string | undefined =>
      this.#typescript.resolveModuleName(
        module,
        `${folder}/cell.ts`,
        { moduleResolution, resolveJsonModule: true },
        this.#files,
        undefined,
        undefined,
        moduleKind,
      ).resolvedModule?.resolvedFileName;
    // What TypeScript finds itself stays.
    const itself = resolve(ModuleResolutionKind.Node10);
    if (itself !== undefined && !/\.[cm]?jsx?$/.test(itself)) return undefined;
    return [ModuleKind.CommonJS, ModuleKind.ESNext]
      .map((kind) => resolve(ModuleResolutionKind.Node16, kind))
      .find((found) => found !== undefined && DECLARATIONS.test(found));
  }

  #hasExports(packageFolder: string): boolean {
    const path = `${packageFolder}/package.json`;
    return (
      this.#files.fileExists(path) && (this.#files.readFile(path)?.includes('"exports"') ?? false)
    );
  }
}

/**
 * Has tslab find the types that packages name in "exports". Does nothing if this tslab differs from
 * what is expected.
 */
export function installModuleTypes({ typescript }: TslabModule): void {
  if (!isResolver(typescript)) return;
  const { sys } = typescript;
  const files: Files = {
    fileExists: sys.fileExists.bind(sys),
    directoryExists: sys.directoryExists.bind(sys),
    readFile: sys.readFile.bind(sys),
    realpath: sys.realpath.bind(sys),
    watchFile: sys.watchFile.bind(sys),
  };
  const types = new ExportedTypes(typescript, files);
  sys.fileExists = (path): boolean => files.fileExists(path) || types.has(path);
  sys.directoryExists = (path): boolean => files.directoryExists(path) || types.mayHaveFolder(path);
  sys.readFile = (path, encoding): string | undefined =>
    files.readFile(path, encoding) ?? types.read(path);
  sys.watchFile = (path, ...rest): { close(): void } =>
    !files.fileExists(path) && types.has(path)
      ? { close: (): void => undefined }
      : files.watchFile(path, ...rest);
}

function isResolver(value: unknown): value is Resolver {
  const typescript = value as Partial<Resolver> | null | undefined;
  const sys = typescript?.sys as Partial<Files> | undefined;
  return (
    typeof typescript?.resolveModuleName === "function" &&
    typeof typescript.ModuleKind?.CommonJS === "number" &&
    typeof typescript.ModuleKind.ESNext === "number" &&
    typeof typescript.ModuleResolutionKind?.Node10 === "number" &&
    typeof typescript.ModuleResolutionKind.Node16 === "number" &&
    typeof sys?.fileExists === "function" &&
    typeof sys.directoryExists === "function" &&
    typeof sys.readFile === "function" &&
    typeof sys.realpath === "function" &&
    typeof sys.watchFile === "function"
  );
}
