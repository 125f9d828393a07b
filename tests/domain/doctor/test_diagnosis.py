"""What is missing is reported with the next step; an optional package may be missing."""

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

HERE = Package("typer", ">=0.26", "0.29.2", is_satisfied=True)
OLD = Package("rich", ">=14", "13.0", is_satisfied=False)
NONE = Package("torch", ">=2.6", None, is_satisfied=False)


def test_required_package_of_another_version_is_a_failure_naming_it() -> None:
    line = package_line([HERE, OLD])
    assert line.health == "fail"
    assert all(word in line.message for word in ("rich", ">=14", "13.0"))
    assert "typer" not in line.message
    assert package_line([HERE]).health == "ok"


def test_extra_may_be_absent_but_not_half_there() -> None:
    assert extra_line("torch", [NONE]).health == "ok"
    assert extra_line("torch", [NONE, HERE]).health == "ok"  # the other one is another extra's
    line = extra_line("torch", [HERE, NONE])
    assert (line.health, line.next_step) == ("warn", "pip install 'huggingnersc[torch]'")


def test_only_a_failure_means_that_it_does_not_work() -> None:
    assert Diagnosis((ok("a", "b"), warn("a", "b", "c"))).works
    assert not Diagnosis((ok("a", "b"), fail("a", "b", "c"))).works
