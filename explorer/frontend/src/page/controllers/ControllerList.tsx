// MIDI controllers: switches to listen and to learn, and what each of them moves.

import { settingLabel } from "../FieldSliders";
import type { Controllers } from "./useControllers";

export function ControllerList({ controllers }: { controllers: Controllers }) {
  const { listening, learning, map, message } = controllers;
  return (
    <div className="look">
      <h2>Controllers</h2>
      <div className="chips">
        <button type="button" aria-pressed={listening} title="listen to the MIDI controllers of this computer" onClick={controllers.toggle}>MIDI</button>
        <button type="button" aria-pressed={learning} disabled={!listening} title="touch a slider, then turn a knob of the controller" onClick={controllers.toggleLearning}>Learn</button>
      </div>
      <p className="quiet" role="status">{message}</p>
      {map.map(([controller, setting]) => (
        <div key={controller} className="field">
          <span>{controller} → {settingLabel(setting)}</span>
          <button type="button" className="free" title={`let ${controller} move nothing`} aria-label={`let ${controller} move nothing`} onClick={() => controllers.free(controller)}>×</button>
        </div>
      ))}
    </div>
  );
}
