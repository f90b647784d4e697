import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "lib/",
      "labextension/",
      "dist/",
      ".venv/",
      ".venv-hosts/",
      ".nodes/",
      ".bench-venv/",
      "bench/.work/",
      "src/widgets/generated/",
      "tests/types/samples/",
      "test-results/",
      "tests/hosts/.anywidgets/",
      "tests/hosts/.work/",
      "ui-tests/.work/",
      "ui-tests/examples/.work/",
      "docs/.vitepress/dist/",
      "docs/.vitepress/cache/",
      "docs/.vitepress/lite/",
      "docs/.vitepress/lite-work/",
      "docs/reference/",
    ],
  },
  {
    files: ["**/*.{ts,tsx,mts}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: "error",
      // console.log is for programs; an error without a widget or a cell to show it in goes to the console.
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-restricted-exports": [
        "error",
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      // A method to overload names a parameter that it does not use itself.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/ban-ts-comment": "error",
      // Numbers are what error texts are about.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    // Their types are checked by tsc where they have any (scripts/tsconfig.json).
    files: ["**/*.mjs"],
    extends: [tseslint.configs.recommended],
  },
  {
    // Programs with a terminal, and configuration that its readers want as a default export.
    files: [
      "scripts/**",
      "bench/**",
      "src/cli/main.ts",
      "src/hosting/announce.ts",
      "src/view/report.ts",
      "src/client/shared/log.ts",
    ],
    rules: { "no-console": "off" },
  },
  {
    files: [
      "*.config.{mts,mjs}",
      "ui-tests/*.config.ts",
      "examples/*/vite.config.ts",
      // VitePress's configuration, pages' data and theme.
      "docs/.vitepress/config.mts",
      "docs/.vitepress/theme/index.ts",
      "docs/gallery/*.mts",
      // JupyterLab takes a plugin as the module's default export.
      "src/widget/plugin.ts",
      // Anywidget takes a module's default export, and Vite gives a style as one.
      ...["src/anywidget/loader.ts", "src/anywidget/css.d.ts"],
    ],
    rules: { "no-restricted-exports": "off" },
  },
);
