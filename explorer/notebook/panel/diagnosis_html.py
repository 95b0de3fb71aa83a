"""The diagnosis as HTML: verdict and reason, three variances with their intervals, the layers."""

from __future__ import annotations

import html

from explorer.diagnostics import Diagnosis, Measure, strength
from explorer.notebook.panel.layer_chart import layer_chart
from explorer.notebook.widgets.markup import badge

VARIANCE_HELP = {
    "space": "how much the color differs from place to place",
    "time": "how much time alone changes it, music and place held constant",
    "audio": "how much the music alone changes it, time and place held constant",
}
INTERVAL_HELP = "in brackets: its 95 % confidence interval"


def diagnosis_html(diagnosis: Diagnosis | None) -> str:
    """All of it; dots while it is measured."""
    tiles = "".join(_tile(group, diagnosis) for group in VARIANCE_HELP)
    chart = layer_chart(diagnosis.layers) if diagnosis else ""
    return f'{_verdict(diagnosis)}<div class="explorer-tiles">{tiles}</div>{chart}'


def _tile(group: str, diagnosis: Diagnosis | None) -> str:
    about = html.escape(f"{VARIANCE_HELP[group]}; {INTERVAL_HELP}", quote=True)
    name = f"<small>{group} variance</small>"
    if diagnosis is None:
        return f'<div class="explorer-tile" title="{about}">{name}<b>&hellip;</b></div>'
    measure: Measure = getattr(diagnosis, f"{group}_variance")
    word = strength(measure.value)
    return (
        f'<div class="explorer-tile explorer-{word}" title="{about}">{name}'
        f"<b>{_format(measure.value)}</b><em>{word}</em>"
        f"<small>[{_format(measure.low)}, {_format(measure.high)}]</small></div>"
    )


def _verdict(diagnosis: Diagnosis | None) -> str:
    if diagnosis is None:
        return '<div class="explorer-verdict explorer-muted">measuring &hellip;</div>'
    flags = "".join(f"<i>{flag}</i>" for flag in diagnosis.flags)
    _, _, why = diagnosis.sentence.partition(": ")
    return (
        f'<div class="explorer-verdict" role="status">{badge(diagnosis.verdict)}{flags}'
        f"<span>{html.escape(why)}</span></div>"
    )


def _format(number: float) -> str:
    """Two or three significant digits: 0.0327, 4e-07."""
    return f"{number:.4f}" if number == 0 or abs(number) >= 5e-4 else f"{number:.0e}"
