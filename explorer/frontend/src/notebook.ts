// The module of the notebook's views, for anywidget: they are drawn by this browser where it can.

import { gridView } from "../unbuilt/grid.js";
import { liveView } from "../unbuilt/player.js";
import { GridPainter } from "./notebook/gridPainter";
import { Painter } from "./notebook/painter";

interface Props {
  model: { get(name: string): unknown };
  el: HTMLElement;
}

const live = liveView(() => new Painter()), grid = gridView(() => new GridPainter());

export default () => {
  let view: ReturnType<typeof live>;
  return {
    initialize(props: Props) {
      view = props.model.get("view") === "grid" ? grid() : live();
      return view.initialize(props);
    },
    render: (props: Props) => view.render(props),
  };
};
