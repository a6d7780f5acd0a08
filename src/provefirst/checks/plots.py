"""Plots of what checks measured: Altair charts as SVG bytes. Words from the data are text in them, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

INK, MUTED, ACCENT, WARN = "#1f2933", "#9aa5b1", "#0b6e99", "#b3541e"
WIDTH, HEIGHT = 420, 220


def data(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as a chart takes them."""
    import altair as alt

    made: Any = alt.Data
    return made(values=list(rows))


def interval(estimate: float, low: float, high: float, goal: float, metric: str) -> bytes:
    """The estimate with its interval against the goal."""
    import altair as alt

    rows = [{"what": "sealed set", "estimate": estimate, "low": low, "high": high}]
    x = alt.X("estimate:Q", title=metric, scale=alt.Scale(zero=False))
    base = alt.Chart(data(rows)).encode(y=alt.Y("what:N", title=None))
    bar = base.mark_rule(strokeWidth=3, color=ACCENT).encode(x=alt.X("low:Q", title=metric), x2="high:Q")
    point = base.mark_point(filled=True, size=90, color=INK).encode(x=x)
    line = alt.Chart(data([{"goal": goal}])).mark_rule(strokeDash=[5, 4], color=WARN).encode(x="goal:Q")
    return svg((bar + point + line).properties(width=WIDTH, height=60, title=note(f"dashed: the goal, {goal:.4g}")))


def null(drawn: Sequence[float], observed: float, metric: str) -> bytes:
    """The score seen against those of shuffled answers."""
    import altair as alt
    import numpy as np

    counts, edges = np.histogram(np.asarray(drawn, dtype=float), bins=30)
    rows = [
        {"from": float(a), "to": float(b), "count": int(c)} for a, b, c in zip(edges, edges[1:], counts, strict=False)
    ]
    bars = alt.Chart(data(rows)).mark_bar(color=MUTED)
    bars = bars.encode(
        x=alt.X("from:Q", bin="binned", title=f"{metric} with shuffled answers", scale=alt.Scale(zero=False)),
        x2="to:Q",
        y=alt.Y("count:Q", title="shuffles"),
    )
    line = alt.Chart(data([{"seen": observed}])).mark_rule(strokeWidth=2, color=WARN).encode(x="seen:Q")
    return svg(
        (bars + line).properties(width=WIDTH, height=HEIGHT, title=note(f"line: the score seen, {observed:.4g}"))
    )


def curve(
    sizes: Sequence[float], scores: Sequence[float], fitted: Mapping[float, float], goal: float, metric: str
) -> bytes:
    """Scores at several training sizes, the power law through them, and the goal."""
    import altair as alt

    seen = [{"rows": float(a), "score": float(b)} for a, b in zip(sizes, scores, strict=True)]
    line = [{"rows": float(a), "score": float(b)} for a, b in fitted.items()]
    x = alt.X("rows:Q", scale=alt.Scale(type="log"), title="training rows")
    y = alt.Y("score:Q", title=metric, scale=alt.Scale(zero=False))
    points = alt.Chart(data(seen)).mark_point(filled=True, color=INK).encode(x=x, y=y)
    path = alt.Chart(data(line)).mark_line(color=ACCENT).encode(x=x, y=y)
    rule = alt.Chart(data([{"goal": goal}])).mark_rule(strokeDash=[5, 4], color=WARN)
    rule = rule.encode(y=alt.Y("goal:Q", title=metric))
    return svg(
        (path + points + rule).properties(width=WIDTH, height=HEIGHT, title=note(f"dashed: the goal, {goal:.4g}"))
    )


def calibration(said: Sequence[float], came: Sequence[float], rows: Sequence[int]) -> bytes:
    """Chances said against shares that came true, in bins of as many rows."""
    import altair as alt

    values = [{"said": float(a), "came": float(b), "rows": int(c)} for a, b, c in zip(said, came, rows, strict=True)]
    unit = alt.Scale(domain=[0, 1])
    x = alt.X("said:Q", title="chance said", scale=unit)
    y = alt.Y("came:Q", title="share that came true", scale=unit)
    points = alt.Chart(data(values)).mark_line(point=True, color=ACCENT).encode(x=x, y=y)
    ends = [{"said": 0, "came": 0}, {"said": 1, "came": 1}]
    even = alt.Chart(data(ends)).mark_line(strokeDash=[5, 4], color=MUTED).encode(x=x, y=y)
    return svg((even + points).properties(width=HEIGHT, height=HEIGHT, title=note("dashed: chances that hold")))


def bars(values: Mapping[str, float], title: str, lows: Mapping[str, tuple[float, float]] | None = None) -> bytes:
    """A bar a name, in the order given, with intervals where there are any."""
    import altair as alt

    rows: list[dict[str, Any]] = [{"name": name, "value": float(value)} for name, value in values.items()]
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=200))
    chart: Any = alt.Chart(data(rows)).mark_bar(color=ACCENT).encode(x=alt.X("value:Q", title=title), y=y)
    if lows:
        ends = [{"name": name, "low": low, "high": high} for name, (low, high) in lows.items()]
        rule = alt.Chart(data(ends)).mark_rule(color=INK, strokeWidth=2)
        chart += rule.encode(x=alt.X("low:Q", title=title), x2="high:Q", y=y)
    return svg(chart.properties(width=WIDTH, height=max(60, 22 * len(rows))))


def tries(scores: Sequence[float], corrected: float, metric: str) -> bytes:
    """The score of each try in the order logged, and what the best is worth once choosing is paid for."""
    import altair as alt

    rows = [{"try": number, "score": float(score)} for number, score in enumerate(scores, start=1)]
    y = alt.Y("score:Q", title=metric, scale=alt.Scale(zero=False))
    points = alt.Chart(data(rows)).mark_point(filled=True, color=ACCENT)
    points = points.encode(x=alt.X("try:Q", title="try", axis=alt.Axis(tickMinStep=1, format="d")), y=y)
    line = alt.Chart(data([{"worth": corrected}])).mark_rule(strokeDash=[5, 4], color=WARN)
    line = line.encode(y=alt.Y("worth:Q", title=metric))
    told = note(f"dashed: what the best is worth, choosing paid for, {corrected:.4g}")
    return svg((points + line).properties(width=WIDTH, height=HEIGHT, title=told))


def note(text: str) -> Any:
    """What a line in a plot means, above it."""
    import altair as alt

    return alt.TitleParams(text, anchor="start", fontSize=11, fontWeight="normal", color=INK)


def svg(chart: Any) -> bytes:
    """A chart as SVG bytes, drawn without a network or a browser."""
    import vl_convert

    chart = chart.configure_view(stroke=None).configure_axis(labelColor=INK, titleColor=INK, gridColor="#e4e7eb")
    drawn: str = vl_convert.vegalite_to_svg(chart.to_json(), allowed_base_urls=[])
    return drawn.encode()
