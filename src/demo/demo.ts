/** The viewer page: the streams of its server, with their statistics and controls. */
import {
  RemoteFramebufferView,
  type ConnectionState,
  type FitMode,
  type ViewerRole,
} from "../client/index";
import { byId, Choices } from "./elements";
import { fitsHeader, listStreams, pageOf, streamName, streamPath } from "./streams";
import { BitRate, roleText, STATE_TEXTS, statsTexts, tokenIn } from "./texts";

/** The time between two updates of the statistics, in milliseconds: slow enough to read them. */
const STATS_INTERVAL_MS = 500;

/** The time from one look for a stream to the next, where there is none, in milliseconds. */
const STREAMS_INTERVAL_MS = 2000;

declare global {
  interface Window {
    /** The view, for experiments in the browser's console. */
    rfb: RemoteFramebufferView;
  }
}

const streams = byId("streams", HTMLElement);
const state = byId("state", HTMLElement);
const stage = byId("stage", HTMLElement);
const problem = byId("problem", HTMLElement);
const problemText = byId("problem-text", HTMLElement);
const tokenForm = byId("token-form", HTMLFormElement);
const tokenField = byId("token", HTMLInputElement);
const quality = byId("quality", HTMLInputElement);
const qualityValue = byId("quality-value", HTMLOutputElement);
const statsList = byId("stats", HTMLElement);
const driving = byId("driving", HTMLElement);
const drivingText = byId("driving-text", HTMLElement);
const requestDrive = byId("request-drive", HTMLButtonElement);
const handOver = byId("hand-over", HTMLButtonElement);

const codec = new Choices<"auto" | "images">("codec", (value) => {
  view.setImageOnly(value === "images");
});
const fit = new Choices<FitMode>("fit", (value) => view.setFit(value));
/** The quality that the user chose; undefined for the server's own. */
let wantedQuality: number | undefined;
let token = takeToken();
let bitRate = new BitRate();
/** Whether the server has no stream at the page's address. */
let isMissing = false;
let view = connect();

/**
 * Reads the token from the page's address and removes it there, so that it is neither visible nor
 * in the browser's history.
 */
function takeToken(): string | undefined {
  const found = tokenIn(location.hash);
  if (found !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return found;
}

function connect(): RemoteFramebufferView {
  const name = streamName(location.pathname);
  const made = new RemoteFramebufferView(stage, {
    // The server's application may admit viewers by what the query says.
    url: streamPath(location.pathname) + location.search,
    token,
    imageOnly: codec.value === "images",
    fit: fit.value,
    quality: wantedQuality,
    toolbar: "auto",
    label: `Stream ${name}`,
    // The page's content security policy allows only workers with a file of their own.
    workerFactory: () => new Worker(new URL("worker.js", document.baseURI)),
    onState: showState,
    onRole: showRole,
    onError: showError,
  });
  window.rfb = made;
  return made;
}

/** Connects to the stream at the page's address, with the current token. */
function open(): void {
  isMissing = false;
  showProblem(undefined);
  view.dispose();
  bitRate = new BitRate();
  view = connect();
  showState(view.state);
}

function showState(now: ConnectionState): void {
  if (now === "negotiated") isMissing = false;
  state.dataset.state = now;
  state.textContent = isMissing ? "Waiting for a stream" : STATE_TEXTS[now];
  if (now !== "negotiated") {
    driving.hidden = true;
    return;
  }
  showProblem(undefined);
  void showStreams();
}

/** Shows who drives, if the server says it: not where every viewer does. */
function showRole(role: ViewerRole): void {
  driving.hidden = false;
  drivingText.textContent = roleText(role);
  requestDrive.hidden = role.drives || !role.mayDrive;
  requestDrive.disabled = role.asks;
  handOver.hidden = !role.drives;
  handOver.disabled = role.asking.length === 0;
}

/**
 * Shows an error of the stream. Close code 4401 means that the server requires a token, or another
 * one, and 4404 that it has no such stream.
 */
function showError({ message }: Error): void {
  const isRefused = /\(4401\)/.test(message);
  if (isRefused) askForToken(true);
  if (/\(4404\)/.test(message)) {
    isMissing = true;
    showState(view.state);
    void showStreams();
    return;
  }
  if (!isRefused || token !== undefined) showProblem(message);
}

/** Links to the server's streams, if there are others than the current one. */
async function showStreams(): Promise<void> {
  if (!fitsHeader(token)) return;
  const names = await listStreams(token, location.search);
  if (names === "refused") {
    askForToken(true);
    return;
  }
  const current = streamName(location.pathname);
  const [first] = names;
  const isIndex = streamPath(location.pathname).endsWith("/");
  if (isIndex && first !== undefined && !names.includes(current)) {
    // The server has no stream at its own address.
    history.replaceState(null, "", pageOf(first) + location.search);
    open();
    return;
  }
  streams.hidden = names.every((name) => name === current);
  streams.replaceChildren(...names.map((name) => linkTo(name, name === current)));
}

function linkTo(name: string, isCurrent: boolean): HTMLElement {
  const link = document.createElement("a");
  link.href = pageOf(name) + location.search;
  link.textContent = name;
  if (isCurrent) link.setAttribute("aria-current", "page");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    // Another page would not know the token.
    event.preventDefault();
    history.pushState(null, "", link.href);
    open();
  });
  return link;
}

/** Shows or hides the form for the token in front of the picture, which is inert meanwhile. */
function askForToken(isWanted: boolean): void {
  tokenForm.hidden = !isWanted;
  stage.inert = isWanted;
  if (!isWanted) return;
  state.dataset.state = "token";
  state.textContent = "Waiting for the token";
  tokenField.focus();
}

function showProblem(text: string | undefined): void {
  problem.hidden = text === undefined;
  problemText.textContent = text ?? "";
}

function showStats(): void {
  const { stats } = view;
  const bits = bitRate.add(performance.now(), stats.bytesReceived);
  const texts = statsTexts(stats, bits);
  if (statsList.childElementCount === 0) {
    for (const [name = ""] of texts) {
      const term = document.createElement("dt");
      term.textContent = name;
      statsList.append(term, document.createElement("dd"));
    }
  }
  const values = statsList.querySelectorAll("dd");
  texts.forEach(([, text = ""], at) => {
    const value = values[at];
    if (value !== undefined && value.textContent !== text) value.textContent = text;
  });
}

const onClick = (id: string, action: () => void): void =>
  byId(id, HTMLButtonElement).addEventListener("click", action);

onClick("reconnect", () => view.reconnect());
onClick("request-drive", () => view.requestDrive());
onClick("hand-over", () => view.handOver());
// Brings up the on-screen keyboard of a phone or tablet.
onClick("keyboard", () => view.focus());
byId("keyboard", HTMLButtonElement).hidden = !matchMedia("(pointer: coarse)").matches;
onClick("problem-dismiss", () => showProblem(undefined));

tokenForm.addEventListener("submit", (event) => {
  event.preventDefault();
  token = tokenField.value;
  tokenField.value = "";
  askForToken(false);
  open();
});

window.addEventListener("popstate", () => {
  askForToken(false);
  open();
});

quality.addEventListener("input", () => (qualityValue.value = quality.value));
// Sent only when the user releases the slider, because each new quality requires a keyframe.
quality.addEventListener("change", () => {
  wantedQuality = quality.valueAsNumber;
  view.setQuality(wantedQuality);
});

showStats();
setInterval(showStats, STATS_INTERVAL_MS);
setInterval(() => {
  if (isMissing) void showStreams();
}, STREAMS_INTERVAL_MS);
