"""A reader with parameters: which slots it writes, how well it reads, what it does wrong in lists.

Every decision is a draw of its own, so an answer's log-probability is a sum and its gradient is exact:

    write a slot        verbose + write[field] + heed[field] * evidence
    read it right       logit of the page + skill[field]
    write a row         verbose + row + row_heed * evidence of the row
    stop here           stop (outside lists), stop_rows (in lists); nothing after it is written
    also: a row twice, a row more that is made up, a column one row down, two of its values exchanged, a form
    that is not the one asked for

A blank is a slot like any other: the reader sees less evidence for it, so whoever writes more also fills
blanks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from medvie_reward.lab._outlines import Steps, answer_of
from medvie_reward.lab._pages import MISREAD, Page, logit_of, sigmoid

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Truths = npt.NDArray[np.bool_]

COMMON: Final = (
    "verbose", "row", "row_heed", "stop", "stop_rows", "twice", "invent", "shift", "swap", "form",
)  # fmt: skip
"""Parameters that all fields share."""
MOST_SKILL: Final = 2.0
"""How far training can lift the logit of an accuracy."""

_INVENTED: Final = 4
_LEAST, _MOST = 0.02, 0.98


@dataclass(frozen=True)
class Start:
    """What the reader does before training, as logits; ``write`` may be given for single fields.

    The defaults write 1.2 times as many leaves as there are.
    """

    verbose: float = 0.0
    write: float | Mapping[str, float] = 0.8
    heed: float = 1.2
    row: float = 1.2
    row_heed: float = 1.2
    stop: float = -4.6
    stop_rows: float = -4.6
    twice: float = -3.0
    invent: float = -2.2
    shift: float = -1.8
    swap: float = -2.2
    form: float = 1.7


class Layout:
    """Where each parameter stands in a vector.

    Parameters
    ----------
    fields
        The fields of all documents.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(fields)
        n = len(self.fields)
        self.write, self.heed, self.skill = slice(0, n), slice(n, 2 * n), slice(2 * n, 3 * n)
        self.at = {name: 3 * n + k for k, name in enumerate(COMMON)}
        self.size = 3 * n + len(COMMON)

    def start(self, start: Start) -> Floats:
        """Return the parameters of a reader before training."""
        theta = np.zeros(self.size)
        write = start.write
        theta[self.write] = (
            [write.get(field, 0.8) for field in self.fields] if isinstance(write, Mapping) else write
        )
        theta[self.heed] = start.heed
        for name in COMMON:
            theta[self.at[name]] = getattr(start, name)
        return theta

    def skills(self, theta: Floats) -> Floats:
        """Return what training adds to the logit of each field's accuracy."""
        return np.asarray(MOST_SKILL * np.tanh(theta[self.skill] / MOST_SKILL))


class Drawn(NamedTuple):
    """Answers of the reader for one page.

    Attributes
    ----------
    answers
        JSON values.
    formed
        Whether the form is the one asked for.
    slopes
        Gradient of each answer's log-probability, shape (answers, parameters); empty where not asked for.
    """

    answers: list[Any]
    formed: Truths
    slopes: Floats


def draw(
    page: Page,
    layout: Layout,
    theta: Floats,
    n: int,
    rng: np.random.Generator,
    *,
    asked: frozenset[str] | None = None,
    slopes: bool = True,
) -> Drawn:
    """Draw answers for a page.

    Parameters
    ----------
    page
        The page.
    layout, theta
        The reader.
    n
        Number of answers.
    rng
        Where random numbers come from.
    asked
        The fields that the query asks for; ``None`` for all.
    slopes
        Whether to give the gradients, too.
    """
    made = _Draw(page, layout, theta, n, rng, asked)
    answers = [made.answer(i) for i in range(n)]
    return Drawn(answers, made.formed, made.slopes() if slopes else np.empty((n, 0)))


class _Draw:
    """The decisions behind some answers for one page; arrays have a row an answer."""

    def __init__(
        self,
        page: Page,
        layout: Layout,
        theta: Floats,
        n: int,
        rng: np.random.Generator,
        asked: frozenset[str] | None,
    ) -> None:
        self.page, self.layout, self.theta = page, layout, theta
        field, slots, rows = page.field, len(page.field), len(page.row_turn)
        here = {name: theta[k] for name, k in layout.at.items()}
        self.p_write = sigmoid(
            here["verbose"] + theta[layout.write][field] + theta[layout.heed][field] * page.evidence
        )
        self.p_right = sigmoid(page.logit + layout.skills(theta)[field])
        self.p_row = sigmoid(here["verbose"] + here["row"] + here["row_heed"] * page.row_evidence)
        self.p_stop = np.where(page.rows_at, sigmoid(here["stop_rows"]), sigmoid(here["stop"]))
        self.p = {name: float(sigmoid(here[name])) for name in ("twice", "invent", "shift", "swap", "form")}
        u = rng.random((n, 2 * slots + 2 * rows + page.turns + 3 + _INVENTED))
        cut = np.cumsum([slots, slots, rows, page.turns, rows, 1, 1, 1])
        write, right, row, stop, twice, shift, swap, form, invent = np.split(u, cut, axis=1)
        self.stopped = stop < self.p_stop
        first = np.full(n, page.turns)
        if page.turns:
            first = np.where(self.stopped.any(1), self.stopped.argmax(1), first)
        self.alive = np.arange(page.turns) <= first[:, None]
        wanted = np.array([asked is None or layout.fields[k] in asked for k in field], dtype=bool)
        in_row = page.row >= 0
        row_wanted = np.zeros(rows, dtype=bool)
        np.logical_or.at(row_wanted, page.row[in_row], wanted[in_row])
        self.row_alive = self.alive[:, page.row_turn] & row_wanted
        self.row = (row < self.p_row) & self.row_alive
        self.slot_alive = self.alive[:, page.turn] & wanted
        self.slot_alive[:, in_row] &= self.row[:, page.row[in_row]]
        self.write = (write < self.p_write) & self.slot_alive
        self.right = right < self.p_right
        self.twice = (twice < self.p["twice"]) & self.row
        last = page.row_turn.max(initial=-1)
        self.list_end = (first > last) & bool(rows and row_wanted.any())
        self.invent = np.cumprod(invent < self.p["invent"], axis=1).astype(bool) & self.list_end[:, None]
        self.slipping = np.array(
            [page.shifted is not None and x.place == page.shifted[0] for x in page.outline.rows], bool
        )
        column = any(
            wanted[k] and slot.row >= 0 and self.slipping[slot.row] and page.shifted[1] == slot.steps
            for k, slot in enumerate(page.outline.slots)
            if page.shifted is not None
        )
        self.slip_alive = (self.row[:, self.slipping].sum(1) >= 2) & column
        self.shift = (shift[:, 0] < self.p["shift"]) & self.slip_alive
        self.swap = (swap[:, 0] < self.p["swap"]) & self.slip_alive
        self.formed = form[:, 0] < self.p["form"]
        self.asked = asked

    def answer(self, i: int) -> Any:
        """Return one of the answers."""
        page = self.page
        slots, of = page.outline.slots, page.outline.rows
        top: dict[Steps, Any] = {}
        rows: dict[int, dict[Steps, Any]] = {}
        for k in np.flatnonzero(self.write[i]).tolist():
            slot = slots[k]
            value = f"made up {k}" if slot.blank else slot.value if self.right[i, k] else MISREAD
            if slot.row < 0:
                top[slot.steps] = value
            else:
                rows.setdefault(slot.row, {})[slot.steps] = value
        order = sorted(rows)
        mine = [rows[r] for r in order if self.slipping[r]]
        if page.shifted is not None and len(mine) >= 2 and (self.shift[i] or self.swap[i]):
            self._slip(i, mine, page.shifted[1])
        lists: dict[Steps, list[Mapping[Steps, Any]]] = {}
        for r in order:
            if rows[r]:
                lists.setdefault(of[r].place, []).extend([rows[r]] * (2 if self.twice[i, r] else 1))
        more = int(self.invent[i].sum())
        if more:
            place, columns = self._made_up_columns()
            lists.setdefault(place, []).extend(
                {steps: f"invented {x} {n}" for x, steps in enumerate(columns)}
                for n in range(more if columns else 0)
            )
        return answer_of(top, lists)

    def _slip(self, i: int, rows: list[dict[Steps, Any]], column: Steps) -> None:
        values = [row.get(column) for row in rows]
        if self.shift[i]:
            values = [*values[-1:], *values[:-1]]
        if self.swap[i]:
            values[0], values[1] = values[1], values[0]
        for row, value in zip(rows, values, strict=True):
            if value is None:
                row.pop(column, None)
            else:
                row[column] = value

    def _made_up_columns(self) -> tuple[Steps, list[Steps]]:
        """Return the list that takes rows which are made up, and their columns."""
        page = self.page
        place = page.outline.rows[0].place
        columns = dict.fromkeys(
            slot.steps
            for slot in page.outline.slots
            if slot.row >= 0
            and page.outline.rows[slot.row].place == place
            and not slot.blank
            and (self.asked is None or slot.field in self.asked)
        )
        return place, list(columns)

    def slopes(self) -> Floats:
        """Return the gradient of each answer's log-probability."""
        page, layout = self.page, self.layout
        made = np.zeros((len(self.formed), layout.size))
        n = len(layout.fields)
        hot = np.zeros((len(page.field), n))
        hot[np.arange(len(page.field)), page.field] = 1.0
        write = (self.write - self.p_write) * self.slot_alive
        row = (self.row - self.p_row) * self.row_alive
        right = (self.right - self.p_right) * (self.write & page.readable)
        stop = (self.stopped - self.p_stop) * self.alive
        tries = np.concatenate([np.ones_like(self.invent[:, :1]), self.invent[:, :-1]], axis=1)
        made[:, layout.write] = write @ hot
        made[:, layout.heed] = (write * page.evidence) @ hot
        made[:, layout.skill] = (right @ hot) * (1 - np.tanh(self.theta[layout.skill] / MOST_SKILL) ** 2)
        for name, slope in (
            ("verbose", write.sum(1) + row.sum(1)),
            ("row", row.sum(1)),
            ("row_heed", (row * page.row_evidence).sum(1)),
            ("stop", (stop * ~page.rows_at).sum(1)),
            ("stop_rows", (stop * page.rows_at).sum(1)),
            ("twice", ((self.twice - self.p["twice"]) * self.row).sum(1)),
            ("invent", ((self.invent - self.p["invent"]) * (tries & self.list_end[:, None])).sum(1)),
            ("shift", (self.shift - self.p["shift"]) * self.slip_alive),
            ("swap", (self.swap - self.p["swap"]) * self.slip_alive),
            ("form", self.formed - self.p["form"]),
        ):
            made[:, layout.at[name]] = slope
        return made


def start_like(
    pages: Sequence[Page],
    fields: Sequence[str],
    written: Mapping[str, float],
    filled: float,
    invented: float,
    formed: float,
) -> tuple[Start, float]:
    """Return a start that writes as a model was seen to write, and what to add to the evidence for blanks.

    Parameters
    ----------
    pages, fields
        The pages.
    written
        Share of the documents' values that the model writes, by field.
    filled
        Share of blanks that it fills.
    invented
        Rows that it makes up, per answer.
    formed
        Share of answers in the form asked for.
    """
    usual = Start()
    number = {field: n for n, field in enumerate(fields)}
    real_rows = [page.row_evidence[[row.real for row in page.outline.rows]] for page in pages]
    seen = np.concatenate(real_rows) if real_rows else np.empty(0)
    in_row = float(sigmoid(usual.row + usual.row_heed * seen).mean()) if len(seen) else 1.0
    write: dict[str, float] = {}
    for name, n in number.items():
        mine = np.concatenate([page.evidence[page.readable & (page.field == n)] for page in pages])
        share = written.get(name)
        if len(mine) and share is not None:
            write[name] = logit_of(_inside(share / (in_row if "[]" in name else 1.0)), usual.heed * mine)
    levels = np.array([write.get(name, usual.write) for name in fields], dtype=float)
    blanks = np.concatenate(
        [levels[page.field][page.blank] + usual.heed * page.evidence[page.blank] for page in pages]
    )
    more = logit_of(_inside(filled), blanks) / usual.heed if len(blanks) else 0.0
    return (
        Start(write=write, invent=_logit(invented / (1 + invented)), form=_logit(formed)),
        more,
    )


def _inside(share: float) -> float:
    return min(max(share, _LEAST), _MOST)


def _logit(share: float) -> float:
    share = _inside(share)
    return float(np.log(share / (1 - share)))
