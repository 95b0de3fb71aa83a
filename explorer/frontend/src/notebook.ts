// The module of the notebook's views, for anywidget: the live view, drawn by this browser where it can.

import { liveView } from "../unbuilt/player.js";
import { Painter } from "./notebook/painter";

export default liveView(() => new Painter());
