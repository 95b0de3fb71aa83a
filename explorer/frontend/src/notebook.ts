// The module of the notebook's views, for anywidget: they are drawn by this browser where it can.

import { gridView } from "../unbuilt/grid.js";
import { liveView } from "../unbuilt/player.js";
import { GridPainter } from "./notebook/gridPainter";
import { Painter } from "./notebook/painter";
import { type TimelineModel, timelineView } from "./timeline/timelineView";

interface Props {
  model: TimelineModel;
  el: HTMLElement;
}

const live = liveView(() => new Painter()), grid = gridView(() => new GridPainter()), timeline = timelineView;

export default () => {
  let view: ReturnType<typeof live> | ReturnType<typeof timeline>;
  return {
    initialize(props: Props) {
      const name = props.model.get("view");
      view = name === "timeline" ? timeline() : name === "grid" ? grid() : live();
      return view.initialize(props);
    },
    render: (props: Props) => view.render(props),
  };
};
