"""Named errors for misuse; a model's output never raises one.

Every message says where (file, line, JSON path) and what was expected there.
"""

from __future__ import annotations


class MedvieError(ValueError):
    """Base of every error this package raises on purpose."""


class SpecError(MedvieError):
    """A spec, preset name or override that cannot be used."""


class GoldError(MedvieError):
    """A gold document that is not a JSON object or list within the spec's limits."""


class PredictionError(MedvieError):
    """A Python object handed in as a prediction that no JSON text could have given."""


class InputError(MedvieError):
    """A file or a line of it that cannot be read as what it should be.

    Parameters
    ----------
    reason
        What is wrong and what was expected.
    file
        Name of the file, ``-`` for standard input.
    line
        Line number, counted from 1; ``None`` where the whole file is meant.
    row
        Number of the row, counted from 1, in a file where rows are no lines.
    """

    def __init__(
        self, reason: str, file: str | None = None, line: int | None = None, row: int | None = None
    ) -> None:
        self.reason = reason
        self.file = file
        self.line = line
        self.row = row
        where = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(f"{where}{'' if row is None else f'row {row}: '}{reason}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str | None, int | None, int | None]]:
        # Exceptions pickle by their args alone, which would lose file and line between processes.
        return type(self), (self.reason, self.file, self.line, self.row)


class ArgumentError(InputError):
    """An argument of a function that cannot be used, such as an unknown name or a list of the wrong length.

    It names the argument and what was expected; no file is at fault. It is an `InputError` too, so that what
    catches those catches both.
    """


class WorkerError(MedvieError):
    """A process that was to do a part of the work, and could not start or ended before it was done."""


class ClusterError(MedvieError):
    """A cluster that cannot be joined, does not fit this machine, or gave up."""


class InputWarning(UserWarning):
    """Input that may not be what was meant; it is scored as the message says."""
