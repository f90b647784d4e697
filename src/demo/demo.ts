/** The page of `jupyter-rfb-ts serve`: a stream with its statistics and controls. */
import { RemoteFramebufferView, type ConnectionState, type FitMode } from "../client/index";
import { errorMessage } from "../protocol/errors";
import { byId, Choices } from "./elements";
import { BitRate, screenshotName, STATE_TEXTS, statsTexts, tokenIn } from "./texts";

/** The time between two updates of the statistics, in milliseconds: slow enough to read them. */
const STATS_INTERVAL_MS = 500;

/** The time after which the browser has started to save a file, in milliseconds. */
const SAVE_MS = 10_000;

declare global {
  interface Window {
    /** The view, for experiments in the browser's console. */
    rfb: RemoteFramebufferView;
  }
}

const state = byId("state", HTMLElement);
const stage = byId("stage", HTMLElement);
const problem = byId("problem", HTMLElement);
const problemText = byId("problem-text", HTMLElement);
const viewer = byId("viewer", HTMLElement);
const tokenForm = byId("token-form", HTMLFormElement);
const tokenField = byId("token", HTMLInputElement);
const quality = byId("quality", HTMLInputElement);
const qualityValue = byId("quality-value", HTMLOutputElement);
const statsList = byId("stats", HTMLElement);

const codec = new Choices<"auto" | "images">("codec", (value) => {
  view.setImageOnly(value === "images");
});
const fit = new Choices<FitMode>("fit", (value) => view.setFit(value));
/** The quality that the user chose; undefined for the server's own. */
let wantedQuality: number | undefined;
let bitRate = new BitRate();
let view = connect(takeToken());

/**
 * Reads the token from the page's address and removes it there, so that it is neither visible nor
 * in the browser's history.
 */
function takeToken(): string | undefined {
  const token = tokenIn(location.hash);
  if (token !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

function connect(token: string | undefined): RemoteFramebufferView {
  const made = new RemoteFramebufferView(stage, {
    url: "./",
    token,
    imageOnly: codec.value === "images",
    fit: fit.value,
    quality: wantedQuality,
    label: "Remote picture",
    // The page's content security policy allows only workers with a file of their own.
    workerFactory: () => new Worker(new URL("worker.js", document.baseURI)),
    onState: showState,
    onError: (error) => showError(error, token !== undefined),
  });
  window.rfb = made;
  return made;
}

function showState(now: ConnectionState): void {
  state.dataset.state = now;
  state.textContent = STATE_TEXTS[now];
  if (now === "negotiated") showProblem(undefined);
}

/**
 * Shows an error of the stream. Close code 4401 means that the server requires a token, or another
 * one.
 */
function showError({ message }: Error, hasToken: boolean): void {
  const isRefused = /\(4401\)/.test(message);
  if (isRefused) {
    state.dataset.state = "token";
    state.textContent = "Waiting for the token";
    askForToken(true);
    tokenField.focus();
  }
  if (!isRefused || hasToken) showProblem(message);
}

/** Shows or hides the form for the token in front of the picture, which is inert meanwhile. */
function askForToken(isWanted: boolean): void {
  tokenForm.hidden = !isWanted;
  stage.inert = isWanted;
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

async function saveScreenshot(): Promise<void> {
  try {
    const url = URL.createObjectURL(await view.capture("blob"));
    const link = document.createElement("a");
    link.href = url;
    link.download = screenshotName(new Date());
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), SAVE_MS);
  } catch (error) {
    showProblem(errorMessage(error));
  }
}

async function toggleFullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement === null) await viewer.requestFullscreen();
    else await document.exitFullscreen();
  } catch (error) {
    showProblem(`Cannot show the full screen: ${errorMessage(error)}`);
  }
}

const onClick = (id: string, action: () => void): void =>
  byId(id, HTMLButtonElement).addEventListener("click", action);

onClick("screenshot", () => void saveScreenshot());
onClick("full-screen", () => void toggleFullScreen());
onClick("reconnect", () => view.reconnect());
// Brings up the on-screen keyboard of a phone or tablet.
onClick("keyboard", () => view.focus());
byId("keyboard", HTMLButtonElement).hidden = !matchMedia("(pointer: coarse)").matches;
onClick("problem-dismiss", () => showProblem(undefined));
// iPhones support full screen for video elements only.
byId("full-screen", HTMLButtonElement).hidden = !document.fullscreenEnabled;

tokenForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const token = tokenField.value;
  tokenField.value = "";
  askForToken(false);
  showProblem(undefined);
  view.dispose();
  bitRate = new BitRate();
  view = connect(token);
  showState(view.state);
});

quality.addEventListener("input", () => (qualityValue.value = quality.value));
// Sent only when the user releases the slider, because each new quality requires a keyframe.
quality.addEventListener("change", () => {
  wantedQuality = quality.valueAsNumber;
  view.setQuality(wantedQuality);
});

showStats();
setInterval(showStats, STATS_INTERVAL_MS);
