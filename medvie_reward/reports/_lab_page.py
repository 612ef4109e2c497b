"""Write what a lab found as one HTML file that needs nothing else; the page has no script at all."""

from __future__ import annotations

from typing import Any, Final

from medvie_reward._version import __version__
from medvie_reward.lab import LABEL, Lab
from medvie_reward.reports._html import FOLDER, digest, environment
from medvie_reward.reports._lab import SHOWN, band_text
from medvie_reward.reports._lab_charts import COLORS, HEIGHT, WIDTH, band_charts, trap_chart
from medvie_reward.statistics import Interval

_STYLES: Final = ("report.css", "lab.css")


def render_lab(lab: Lab, title: str = "medvie lab") -> str:
    """Return a page with a verdict on each spec and all that it is made of.

    Parameters
    ----------
    lab
        What was found.
    title
        The heading.
    """
    from markupsafe import Markup

    style = "\n".join(FOLDER.joinpath(name).read_text(encoding="utf-8") for name in _STYLES)
    made: str = (
        environment()
        .get_template("lab.html.j2")
        .render(
            policy=f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'",
            style=Markup(style),
            title=title,
            version=__version__,
            lab=lab,
            rows=[(n % COLORS, look, trap_chart(look.trap)) for n, look in enumerate(lab.looks)],
            charts=band_charts(lab),
            ends=_ends(lab),
            label=LABEL,
            width=WIDTH,
            height=HEIGHT,
            signed=_signed,
        )
    )
    return made


def _signed(found: Interval) -> str:
    return f"{found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def _ends(lab: Lab) -> list[dict[str, Any]]:
    """Return the end of the simulated training by spec, in the order of the ranking."""
    found = lab.simulation
    if found is None:
        return []
    return [
        {
            "name": spec,
            "f1": band_text(found.final(spec, "f1")),
            "behind": "" if spec == found.ranking[0] else band_text(found.behind(spec)),
            "told_apart": spec == found.ranking[0] or found.told_apart(spec),
            "rest": [band_text(found.final(spec, name)) for name in SHOWN],
        }
        for spec in found.ranking
    ]
