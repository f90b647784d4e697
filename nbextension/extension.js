// Says where the widget's module is, to front ends that look in nbextensions/. VS Code reads the
// text of this call and doesn't run it: keep it one literal, with nothing behind the mapping.
define(function () {
  "use strict";

  window.requirejs.config({
    map: { "*": { "jupyter-rfb-ts": "nbextensions/jupyter-rfb-ts/index" } },
  });

  return { load_ipython_extension: function () {} };
});
