"""What is missing is told with the next step; what is optional is no failure."""

from __future__ import annotations

from huggingnersc.domain.doctor.diagnosis import (
    Diagnosis,
    Package,
    extra_line,
    fail,
    ok,
    package_line,
    warn,
)

HERE = Package("typer", ">=0.26", "0.29.2", fits=True)
OLD = Package("rich", ">=14", "13.0", fits=False)
NONE = Package("torch", ">=2.6", None, fits=False)


def test_needed_package_that_does_not_fit_is_a_failure_naming_it() -> None:
    line = package_line([HERE, OLD])
    assert line.health == "fail"
    assert line.message == "rich >=14 is needed, 13.0 is installed"
    assert package_line([HERE]).health == "ok"


def test_extra_may_be_absent_but_not_half_there() -> None:
    assert extra_line("torch", [NONE]).health == "ok"
    assert extra_line("torch", [NONE, HERE]).health == "ok"  # the other one is another extra's
    line = extra_line("torch", [HERE, NONE])
    assert (line.health, line.next_step) == ("warn", "pip install 'huggingnersc[torch]'")


def test_only_a_failure_means_that_it_does_not_work() -> None:
    assert Diagnosis((ok("a", "b"), warn("a", "b", "c"))).works
    assert not Diagnosis((ok("a", "b"), fail("a", "b", "c"))).works
