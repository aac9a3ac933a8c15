"""What the programme does in the demonstration: the effects that estimates can be held against."""

from dataclasses import dataclass, field, fields
from typing import Self


def _factor(value: float, meaning: str) -> float:
    factor: float = field(default=value, metadata={"meaning": meaning})
    return factor


@dataclass(frozen=True)
class Effects:
    """What was built in, each a factor on a weekly hazard; 1 is no effect."""

    passive_to_active: float = _factor(
        1.35,
        "method municipalities from the start: hazard of passive to any active step, and of "
        "unemployment benefit to an offer",
    )
    exit_to_self_support: float = _factor(
        1.20, "method municipalities from the start: hazard of exit from benefit to blank"
    )
    intervention_use: float = _factor(
        2.0, "method municipalities from the start: hazard that an intervention begins"
    )
    job_package_exit: float = _factor(
        1.6, "any municipality: hazard of exit to blank in weeks in which a job package runs"
    )
    mentor_return: float = _factor(
        0.75,
        "any municipality: hazard of return from blank to benefit, from a mentor's start on, also "
        "after the end",
    )
    competence_step_up: float = _factor(
        1.3,
        "any municipality: hazard of a step up the staircase, from the start on of a competence "
        "clarification or card",
    )
    course_entry: float = _factor(
        1.4,
        "any municipality: hazard of passive to the first step, from a preparation course's start "
        "on",
    )

    @classmethod
    def none(cls) -> Self:
        """Make the set without any effect."""
        return cls(**{effect.name: 1.0 for effect in fields(cls)})

    def described(self) -> dict[str, dict[str, float | str]]:
        """Return each effect's value and, in words, what it acts on."""
        return {
            effect.name: {
                "value": getattr(self, effect.name),
                "scale": "factor on a weekly hazard; 1 is no effect",
                "meaning": effect.metadata["meaning"],
            }
            for effect in fields(self)
        }
