// The module of the notebook's views, for anywidget: they are drawn by this browser where it can.

import { gridView } from "../unbuilt/grid.js";
import { liveView } from "../unbuilt/player.js";
import { boardView } from "./notebook/board";
import { GridPainter } from "./notebook/gridPainter";
import { Painter } from "./notebook/painter";
import { viewModel } from "./notebook/viewModel";
import { type TimelineModel, timelineView } from "./timeline/timelineView";

type Model = Parameters<ReturnType<typeof boardView>["initialize"]>[0]["model"] & TimelineModel;

interface Props {
  model: Model;
  el: HTMLElement;
}

const live = liveView(() => new Painter()), grid = gridView(() => new GridPainter());

export default () => {
  let view: ReturnType<typeof live | typeof boardView | typeof timelineView>;
  return {
    initialize(props: Props) {
      const name = props.model.get("view");
      view = name === "grid" ? grid() : name === "board" ? boardView() : name === "timeline" ? timelineView() : live();
      return view.initialize({ ...props, model: viewModel(props.model) });
    },
    render: (props: Props) => view.render(props),
  };
};
