import { RemoteFramebufferView } from "jupyter-rfb-ts/client";
import "jupyter-rfb-ts/element";
import { RemoteFramebuffer } from "jupyter-rfb-ts/react";
import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";

// The class, in any page.
const state = document.getElementById("plain-state");
new RemoteFramebufferView(document.getElementById("plain"), {
  url: "/rfb/waves",
  label: "Rings around the pointer",
  onState: (now) => (state.textContent = now),
});

// The React component. The custom element is in index.html.
function Clock() {
  const [stats, setStats] = useState();
  return createElement(
    "div",
    null,
    createElement(RemoteFramebuffer, {
      url: "/rfb/clock",
      className: "stage",
      label: "A bar that moves",
      onStats: setStats,
    }),
    createElement(
      "p",
      { id: "react-stats" },
      stats ? `${stats.fps} frames a second` : "connecting",
    ),
  );
}

createRoot(document.getElementById("react")).render(createElement(Clock));
