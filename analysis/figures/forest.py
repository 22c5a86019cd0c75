"""Effects of trials with intervals, beside published ones: a forest plot."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from supportnet.analysis.figures.rows import NARROWEST, ROW, Page, name_rows, name_width, page_of
from supportnet.analysis.figures.style import INK, figure_of, look

MAIN = ("recovery", "distress")  # told of every programme
UNITS = {"smd": "standardised mean difference (treatment minus control)", "ratio": "risk ratio (treatment to control)"}


def forest_figure(rows: pd.DataFrame, beside: pd.DataFrame, foot: str, ax: Any = None) -> Figure:
    """One programme: every outcome, time by time. Several: recovery, distress and what is published, at its time.

    On given axes: standardised mean differences only.
    """
    several = rows["programme"].nunique() > 1
    parts = {kind: (among(rows, beside, kind) if several else at_times(rows, kind)) for kind in UNITS}
    parts = {kind: part for kind, part in parts.items() if len(part)}
    if ax is not None:
        draw_effects(ax, parts["smd"], "smd")
        return figure_of(ax)
    names = [name for part in parts.values() for name in part["name"].unique()]
    title = (
        "Simulated trials of the ten programmes"
        if several
        else f"Simulated trial: {row_label(rows['programme'].iloc[0])}"
    )
    says = (
        "Filled: simulated (people, entry; control). Grey band: published range; hollow diamond: published estimate"
        if several
        else f"{among_whom(rows.iloc[0])}; one line per outcome and time"
    )
    foot = f"{foot} Lower is better for distress, GAD-7, withdrawal and relapses, higher for the others."
    page = Page(title, says, foot)
    width, gap = max(NARROWEST, name_width(names) + 5.0), 0.75
    heights = {kind: ROW * part["name"].nunique() * (1 if several else 1.7) for kind, part in parts.items()}
    with page_of(page, sum(heights.values()) + gap * (len(parts) - 1), width) as (figure, bottom, top):
        inches, left, at = (
            (top - bottom) / (sum(heights.values()) + gap * (len(parts) - 1)),
            name_width(names) / width,
            top,
        )
        for kind, part in parts.items():
            axes = figure.add_axes((left, at - heights[kind] * inches, 0.97 - left, heights[kind] * inches))
            draw_effects(axes, part, kind)
            at -= (heights[kind] + gap) * inches
    return figure


def among(rows: pd.DataFrame, beside: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Of several programmes: what is published, and recovery and distress at the end of treatment."""
    shown = list[pd.DataFrame]()
    published = beside[beside["kind"] == kind] if len(beside) else beside
    for programme in rows["programme"].unique():
        of = rows[(rows["kind"] == kind) & (rows["programme"] == programme)]
        theirs = published[published["programme"] == programme] if len(published) else published
        chosen = of[(of["when"] == "end of treatment") & of["outcome"].isin(MAIN)]
        both = pd.concat([theirs, chosen]).drop_duplicates("outcome")
        shown.append(both.assign(name=[named(row) for _, row in both.iterrows()], when=""))
    return pd.concat(shown)


def at_times(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Of one programme: every outcome."""
    of: pd.DataFrame = rows[rows["kind"] == kind]
    return of.assign(name=[row_label(one) for one in of["outcome"]])


def draw_effects(axes: Any, part: pd.DataFrame, kind: str) -> None:
    """Rows of one kind, on an axis of their own."""
    names, times = list(part["name"].unique()), list(dict.fromkeys(part["when"]))
    axes.axvline(1.0 if kind == "ratio" else 0.0, color=INK, linewidth=0.8)
    if kind == "ratio":
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5, 7)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    for k, when in enumerate(times):
        of, style = part[part["when"] == when], look(k)
        y = [names.index(name) + (k - (len(times) - 1) / 2) * 0.17 for name in of["name"]]
        axes.hlines(y, of["lower"], of["upper"], color=style.colour, linewidth=1.6)
        axes.plot(
            of["value"], y, style.marker, color=style.colour, markersize=4.5, linestyle="none", label=when or None
        )
    if "published" in part:
        theirs = part[part["published"].notna()]
        y = [names.index(name) for name in theirs["name"]]
        axes.hlines(y, theirs["published_lower"], theirs["published_upper"], color="#bbbbbb", linewidth=8, zorder=1)
        axes.plot(theirs["published"], y, "D", color=INK, markerfacecolor="white", markersize=5.5, linestyle="none",
                  zorder=1.5)  # fmt: skip
    axes.set_xlabel(UNITS[kind])
    name_rows(axes, names)
    if times != [""] and kind == "smd":
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(times), frameon=False)


def named(row: "pd.Series[Any]") -> str:
    """Programme and outcome, and among whom and against what it was simulated."""
    return f"{row_label(row['programme'])}: {row_label(row['outcome'])} ({among_whom(row)})"


def among_whom(row: "pd.Series[Any]") -> str:
    """Simulated people, their way in, and the control."""
    return f"{row['preset']}, {row['entry']}; {row_label(row['control'])}"


def row_label(name: str) -> str:
    """A name as it is read."""
    words = {"gad7": "anxiety (GAD-7)", "contacts_friend": "contacts with friends", "network_size": "network size"}
    return words.get(name, name.replace("_", " "))
