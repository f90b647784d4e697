import type { ConnectionState, FitMode, RemoteFramebufferView, Stats } from "jupyter-rfb-ts/client";
import { RemoteFramebuffer } from "jupyter-rfb-ts/react";
import { useRef, useState } from "react";

const FITS: readonly FitMode[] = ["contain", "cover", "fill"];

export function App() {
  const view = useRef<RemoteFramebufferView>(null);
  const [state, setState] = useState<ConnectionState>("connecting");
  const [stats, setStats] = useState<Stats>();
  const [fit, setFit] = useState<FitMode>("cover");
  const [captured, setCaptured] = useState<string>();

  async function capture() {
    const picture = await view.current?.capture("blob");
    if (picture === undefined) return;
    if (captured !== undefined) URL.revokeObjectURL(captured);
    setCaptured(URL.createObjectURL(picture));
  }

  return (
    <main>
      <h1>A Julia set, drawn by Node</h1>
      <p>
        Move the pointer over the picture: each place has another set. Click it, and the wheel
        zooms.
      </p>
      <div className="stage">
        <RemoteFramebuffer
          ref={view}
          url="/rfb/julia"
          label="Julia set"
          fit={fit}
          toolbar="auto"
          onState={setState}
          onStats={setStats}
        />
      </div>
      <div className="controls">
        <label>
          Fit{" "}
          <select value={fit} onChange={(event) => setFit(event.target.value as FitMode)}>
            {FITS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button onClick={() => void capture()} disabled={state !== "negotiated"}>
          Capture
        </button>
        <output>{state}</output>
        {stats && (
          <output>
            {stats.fps} frames/s, {stats.frameWidth} × {stats.frameHeight}
            {stats.serverRttMs !== undefined && `, ${stats.serverRttMs.toFixed(0)} ms round trip`}
          </output>
        )}
      </div>
      {captured !== undefined && (
        <a href={captured} download="julia.png">
          <img src={captured} alt="The captured picture" height={90} />
        </a>
      )}
    </main>
  );
}
