"""How the panel looks. Colours come from JupyterLab's theme where there is one, so dark themes stay dark."""

CSS = """
<style>
.explorer-panel { width: 100%; max-width: 1220px; gap: 10px; container-type: inline-size;
  color: var(--jp-ui-font-color1, #222); }
.explorer-head { align-items: center; gap: 8px; flex-wrap: wrap; }
.explorer-title { font-size: 15px; font-weight: 600; }
.explorer-muted, .explorer-title small { color: var(--jp-ui-font-color2, #666); font-size: 12px;
  font-weight: 400; font-variant-numeric: tabular-nums; }
.explorer-columns { gap: 16px; align-items: flex-start; }
.explorer-left { flex: 1 1 0; min-width: 0; gap: 2px; overflow: visible; }
.explorer-right { flex: 0 0 372px; max-width: 372px; min-width: 0; gap: 8px; overflow: visible; }
@container (max-width: 800px) {
  .explorer-columns { flex-direction: column; align-items: stretch; }
  .explorer-right { flex: 1 1 auto; max-width: none; }
}
.explorer-picture { width: 100%; height: auto; border-radius: 6px; background: #111; }
.explorer-card { gap: 1px; padding: 4px 10px 8px; border-radius: 6px; overflow: hidden;
  border: 1px solid var(--jp-border-color2, #ddd); background: var(--jp-layout-color1, #fff); }
.explorer-card h4 { margin: 2px 0; font-size: 11px; font-weight: 600; line-height: 1.6; letter-spacing: .06em;
  text-transform: uppercase; color: var(--jp-ui-font-color2, #666); }
.explorer-form { gap: 8px; overflow: visible; }
.explorer-control { width: auto; margin: 0 2px; overflow: hidden; }
.explorer-control .widget-label, .explorer-control.widget-dropdown .widget-label { text-align: left; }
.explorer-tiles { display: flex; gap: 8px; }
.explorer-tile { flex: 1; padding: 6px 10px; border-radius: 6px; line-height: 1.35; display: grid;
  grid-template-columns: 1fr auto; align-items: baseline;
  border: 1px solid var(--jp-border-color2, #ddd); border-left: 4px solid #9aa0a8; }
.explorer-tile small { grid-column: 1 / 3; color: var(--jp-ui-font-color2, #666); font-size: 11px; }
.explorer-tile b { font-size: 17px; font-weight: 600; font-variant-numeric: tabular-nums; }
.explorer-tile em { font-style: normal; font-size: 12px; color: var(--jp-ui-font-color2, #666); }
.explorer-tile.explorer-static { border-left-color: #b3312c; }
.explorer-tile.explorer-faint { border-left-color: #d9a21b; }
.explorer-tile.explorer-alive { border-left-color: #2f9e6e; }
.explorer-verdict { display: flex; flex-wrap: wrap; gap: 3px 8px; align-items: baseline; margin-top: 6px;
  min-height: 54px; align-content: flex-start; font-size: 12px; line-height: 1.5; }
.explorer-verdict span { flex: 1 1 60%; color: var(--jp-ui-font-color2, #666); }
.explorer-badge, .explorer-verdict i { padding: 0 8px; border-radius: 9px; font-style: normal;
  font-size: 11px; }
.explorer-badge { color: #fff; background: #9aa0a8; }
.explorer-badge.explorer-static, .explorer-badge.explorer-noisy { background: #b3312c; }
.explorer-badge.explorer-faint { background: #8a6410; }
.explorer-badge.explorer-alive { background: #257d57; }
.explorer-verdict i { border: 1px solid var(--jp-border-color2, #ccc); }
.explorer-error { padding: 6px 10px; border-radius: 6px; border-left: 4px solid #b3312c;
  background: color-mix(in srgb, #b3312c 10%, transparent); }
.explorer-bar .progress { height: 6px; }
/* the still picture that a saved notebook keeps is not needed beside a live panel */
.jp-OutputArea-child:has(+ .jp-OutputArea-child .explorer-panel) { display: none; }
</style>
"""
