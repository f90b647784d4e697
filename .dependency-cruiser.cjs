/** Who may import whom: docs/ARCHITECTURE.md says why. Checked by `npm run check`. */

/** The folders of src/ and the folders that each may import. */
const folders = {
  protocol: [],
  framebuffer: ["protocol"],
  rendering: ["framebuffer", "protocol"],
  widgets: ["protocol"],
  kernel: ["rendering", "widgets", "framebuffer", "protocol"],
  lite: ["kernel", "rendering", "widgets", "framebuffer", "protocol"],
  hosting: ["framebuffer", "protocol"],
  relay: ["hosting", "framebuffer", "protocol"],
  server: ["relay", "hosting", "framebuffer", "protocol"],
  picture: ["protocol"],
  view: ["picture", "protocol"],
  widget: ["view", "picture", "protocol"],
  anywidget: ["widget", "view", "picture", "protocol"],
  client: ["view", "picture", "protocol"],
  demo: ["client", "protocol"],
  cli: ["server", "kernel", "widgets", "framebuffer", "protocol"],
};

/** Packages that a folder may import; Node's own modules have a rule of their own. */
const packages = {
  protocol: [],
  framebuffer: ["jpeg-js", "node-av"],
  rendering: [],
  widgets: [],
  kernel: [],
  lite: [],
  hosting: ["ws", "jose"],
  relay: ["@nats-io/[^/]+"],
  server: [],
  picture: [],
  view: [],
  widget: ["@jupyter-widgets/base", "@jupyterlab/[^/]+", "@lumino/[^/]+"],
  anywidget: ["@jupyter-widgets/base"],
  client: ["react"],
  demo: [],
  cli: ["ws"],
};

/** The parts of framebuffer/ that run in Node only, and in a browser only. All else runs everywhere. */
const nodeParts = "^src/framebuffer/(node|encoders/(image|video|probe))/";
/** The part of kernel/ that runs in Node only: its folders and its index. */
const nodeKernel = "^src/kernel/([^/]+/|index[.]ts$)";
const browserParts = "^src/framebuffer/(browser|encoders/browser)/";

/** What runs in Node. */
const nodeFiles = `${nodeParts}|${nodeKernel}|^src/(hosting|relay|server|cli)/`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      comment: "A cycle makes two files one.",
      from: {},
      to: { circular: true },
    },
    {
      name: "not-to-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    ...Object.entries(folders).map(([folder, allowed]) => ({
      name: `${folder}-folders`,
      severity: "error",
      comment: `${folder} may import ${allowed.join(", ") || "no other folder"}`,
      from: { path: `^src/${folder}/` },
      to: { path: "^(src|lib)/", pathNot: `^src/(${[folder, ...allowed].join("|")})/` },
    })),
    ...["picture", "view"].map((layer) => ({
      name: `${layer}-by-its-index`,
      severity: "error",
      comment: `Other folders import ${layer}/ only through its index.ts.`,
      from: { path: "^src/", pathNot: `^src/${layer}/` },
      to: { path: `^src/${layer}/`, pathNot: `^src/${layer}/index\\.ts$` },
    })),
    {
      name: "client-page-without-worker",
      severity: "error",
      comment: "The page and its worker exchange messages; what both import is in client/shared/.",
      from: { path: "^src/client/", pathNot: "^src/client/worker(/|[.]ts$)" },
      to: { path: "^src/client/worker(/|[.]ts$)" },
    },
    ...Object.entries(packages).map(([folder, allowed]) => ({
      name: `${folder}-packages`,
      severity: "error",
      comment: `${folder} may import ${allowed.join(", ") || "no package"}`,
      from: { path: `^src/${folder}/` },
      to: {
        path: "node_modules/",
        pathNot: allowed.length > 0 ? `node_modules/(@types/)?(${allowed.join("|")})/` : "^$",
      },
    })),
    {
      name: "cli-through-index-files",
      severity: "error",
      comment:
        "cli/ imports what a folder exports. Two folders have a second index for it, which says why.",
      from: { path: "^src/cli/" },
      to: {
        path: "^src/(framebuffer|kernel|server|widgets)/",
        pathNot: "/index\\.ts$|^src/(framebuffer/node/diagnostics|server/rules)\\.ts$",
      },
    },
    {
      name: "node-modules-in-node-only",
      severity: "error",
      comment: "What runs in a browser, or everywhere, cannot import Node's modules.",
      from: { path: "^src/", pathNot: nodeFiles },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "widgets-through-its-entries",
      severity: "error",
      comment: "index.ts is for this library, coreWidgets.ts holds the classes that users get.",
      from: { path: "^src/", pathNot: "^src/widgets/" },
      to: { path: "^src/widgets/", pathNot: "^src/widgets/(index|coreWidgets)\\.ts$" },
    },
    {
      name: "framebuffer-core-runs-everywhere",
      severity: "error",
      comment: "framebuffer's core gets its runtime as an argument, and imports none.",
      from: { path: "^src/framebuffer/", pathNot: `${nodeParts}|${browserParts}` },
      to: { path: `node_modules/|${nodeParts}|${browserParts}` },
    },
    {
      name: "no-browser-code-in-node",
      severity: "error",
      from: { path: nodeFiles },
      to: { path: browserParts },
    },
    {
      name: "no-node-code-in-browsers",
      severity: "error",
      from: { path: "^src/", pathNot: nodeFiles },
      to: { path: `node_modules/(jpeg-js|node-av)/|${nodeParts}|${nodeKernel}` },
    },
    {
      name: "tslab-is-never-imported",
      severity: "error",
      comment: "Only the adapter knows tslab, by what is loaded and never by an import.",
      from: { path: "^src/" },
      to: { path: "node_modules/(@tslab|tslab|zeromq)/" },
    },
    {
      name: "no-dev-dependencies-at-run-time",
      severity: "error",
      comment:
        "A user's npm install does not bring them. JupyterLab brings what widget/ imports; an optional peer is loaded when it is there.",
      from: { path: "^src/", pathNot: "^src/widget/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm-peer"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".d.ts"],
      exportsFields: ["exports"],
      conditionNames: ["require", "node", "types", "default"],
    },
  },
};
