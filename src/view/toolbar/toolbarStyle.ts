/**
 * The style of a toolbar, in a shadow root, so that the page's own styles don't reach it. The
 * colours are JupyterLab's, or the system's.
 */
export const TOOLBAR_STYLE = `
:host {
  container-type: size;
  color: var(--jp-ui-font-color1, CanvasText);
  font: 12px/1.25 var(--jp-ui-font-family, system-ui, sans-serif);
  inset: 0;
  pointer-events: none;
  position: absolute;
  user-select: none;
  -webkit-user-select: none;
  z-index: 3;
}
.bar, .panel {
  background: var(--jp-layout-color1, Canvas);
  border: 1px solid var(--jp-border-color1, GrayText);
  border-radius: 4px;
  box-sizing: border-box;
  max-width: calc(100% - 8px);
  position: absolute;
}
.bar {
  align-items: flex-start;
  display: flex;
  max-height: calc(100% - 8px);
  opacity: 0;
  overflow: hidden auto;
  padding: 1px;
  right: 4px;
  top: 4px;
  z-index: 1;
}
:host([data-shown]) .bar, .bar:hover, .bar:focus-within, :host([data-recording]) .bar {
  opacity: 1;
  pointer-events: auto;
}
.list {
  display: none;
  flex-wrap: wrap;
  justify-content: flex-end;
}
/* At its place while the others unfold, so that a click on it meets nothing else. */
.handle { order: 1; }
.bar:hover .list, .bar:focus-within .list, :host([data-open]) .list,
:host([data-recording]) .list {
  display: flex;
}
button {
  align-items: center;
  background: none;
  border: 0;
  border-radius: 3px;
  color: inherit;
  cursor: pointer;
  display: flex;
  flex: none;
  font: inherit;
  gap: 4px;
  height: 24px;
  justify-content: center;
  margin: 0;
  min-width: 26px;
  padding: 0 4px;
}
:host([data-recording]:not([data-open])) .bar:not(:hover, :focus-within)
  .list button:not([data-tool="record"]) {
  display: none;
}
button:hover { background: var(--jp-layout-color3, rgb(128 128 128 / 25%)); }
button[aria-pressed="true"], button[aria-expanded="true"] {
  background: var(--jp-layout-color2, rgb(128 128 128 / 15%));
  box-shadow: inset 0 -2px var(--jp-brand-color1, Highlight);
}
button:focus-visible, .panel:focus-visible {
  outline: 2px solid var(--jp-brand-color1, Highlight);
  outline-offset: -2px;
}
:host([data-recording]) button[data-tool="record"] svg { color: var(--jp-error-color1, #d32f2f); }
:host([data-recording]) button[data-tool="record"] path { fill: currentcolor; }
svg { flex: none; height: 16px; width: 16px; }
path {
  fill: none;
  stroke: currentcolor;
  stroke-linecap: round;
  stroke-linejoin: round;
  stroke-width: 1.5;
}
[data-tool="tools"] path { stroke-width: 2.5; }
.panel {
  left: 4px;
  max-height: calc(100% - 8px);
  top: 4px;
  overflow: auto;
  padding: 4px 8px;
  pointer-events: auto;
}
.panel[hidden] { display: none; }
.panel[data-panel="statistics"] { pointer-events: none; }
table { border-collapse: collapse; }
th { font-weight: normal; padding: 0 12px 0 0; text-align: left; }
td { font-variant-numeric: tabular-nums; padding: 0; text-align: right; white-space: nowrap; }
ul { margin: 0; padding: 0 0 0 16px; }
.panel:not([data-panel="statistics"]) { cursor: pointer; }
@container (max-width: 520px) {
  .panel { max-height: calc(100% - 38px); top: 34px; }
}
@container (max-width: 260px) or (max-height: 160px) {
  button { height: 20px; min-width: 20px; padding: 0 2px; }
  .panel { font-size: 11px; max-height: calc(100% - 32px); padding: 2px 4px; top: 28px; }
}
/* The handle would lie over most of a small picture, which could then not be clicked. */
@container (max-width: 99px) or (max-height: 59px) {
  :host(:not([data-open])) .bar { display: none; }
}
@media (forced-colors: active) {
  button[aria-pressed="true"] { outline: 1px solid Highlight; }
}
`;
