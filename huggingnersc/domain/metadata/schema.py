"""Validation of a metadata document against a JSON Schema, with the JSON path of each problem."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.quick_check import NAMES, quick_check
from huggingnersc.domain.metadata.strict_json import describe, quoted, read_object
from huggingnersc.domain.text.markdown import one_line
from huggingnersc.errors import MetadataError
from huggingnersc.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jsonschema.exceptions import ValidationError

Steps = tuple[str | int, ...]
Rules = Callable[[Any], "Iterable[tuple[Steps, str]]"]

MAX_SCHEMA_BYTES = 1 << 24
_MAX_REFERENCES = 20_000  # in all; a schema without recursion has a few for each value
_MAX_PROBLEMS = 1_000  # of one document; a value nearest to each wrong one takes time to find
_MAX_KEY_CHARS = 60
_MAX_COMPARED = 500  # to find the nearest of more values takes too long
_MAX_EXAMPLES = 5
_MAX_MESSAGE_CHARS = 200
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def parse_schema(data: bytes) -> dict[str, Any]:
    """Read the bytes of a schema file.

    Raises:
        ValueError: they are no JSON object, or hold what other parsers drop or guess; the sentence
            says what.
    """
    schema, problems = read_object(data, name="schema", limit=MAX_SCHEMA_BYTES)
    if schema is None:
        raise ValueError("; ".join(str(problem.message) for problem in problems))
    return schema


def schema_problem(schema: Any) -> str | None:
    """Return why `schema` is not a JSON Schema (2020-12); None when it is one."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    if not isinstance(schema, dict):
        return f"it is {describe(schema)}, not an object"
    try:
        Draft202012Validator.check_schema(schema)
    except RecursionError:
        return "it is nested too deeply"
    except SchemaError as error:
        return f"{json_path(error.absolute_path)}: {_cut(error.message)}"
    return None


class MetadataSchema:
    """A JSON Schema (2020-12) that validates many documents.

    Args:
        schema: the parsed schema; references to other files are never fetched.
        rules: yields the path of what is wrong beside the schema, and why.
    """

    def __init__(self, schema: Mapping[str, Any], *, rules: Rules | None = None) -> None:
        self._schema = schema
        self._rules = rules

    @cached_property
    def _quick_check(self) -> Callable[[Any], bool] | None:
        return quick_check(self._schema)

    @property
    def content(self) -> Mapping[str, Any]:
        """The schema as it was parsed."""
        return self._schema

    def problems(self, document: Any, *, name: str) -> tuple[Problem, ...]:
        """Return every violation of the schema and its rules, in path order; at most 1,000.

        Args:
            document: the parsed JSON value, at most 50 levels deep.
            name: the file's name; each problem's `where` is `name: $.json.path`.

        Raises:
            MetadataError: the schema refers to something outside it, or to itself too often.
        """
        broken = tuple(self._rules(document)) if self._rules else ()
        is_valid = self._quick_check and self._quick_check(document)
        if is_valid and not broken:
            return ()
        errors = [] if is_valid else self._errors(document)
        of_wrong_type = {tuple(e.absolute_path) for e in errors if e.validator == "type"}
        explained = (
            explained
            for error in errors
            if error.validator != "enum" or tuple(error.absolute_path) not in of_wrong_type
            for explained in _explain(error)
        )
        reported = list(islice(explained, _MAX_PROBLEMS))
        known = {steps for steps, _ in reported}
        reported += [one for one in broken if one[0] not in known]
        found = sorted(reported, key=lambda one: _sortable(one[0]))
        problems = [Problem(f"{name}: {json_path(steps)}", message) for steps, message in found]
        if next(explained, None):
            problems.append(Problem(name, f"more than {_MAX_PROBLEMS:,} problems; these are some"))
        return tuple(problems)

    def _errors(self, document: Any) -> list[ValidationError]:
        from referencing.exceptions import Unresolvable  # takes 80 ms, so only where it is needed
        from referencing.jsonschema import EMPTY_REGISTRY

        validator = _bounded_validator()(self._schema, registry=EMPTY_REGISTRY)
        try:
            errors = list(validator.iter_errors(document))
            return sorted(errors, key=lambda error: _sortable(error.absolute_path))
        except Unresolvable as error:
            raise _dangling(error.ref) from error
        except (RecursionError, _EndlessError) as error:
            raise MetadataError(
                "The metadata schema refers to itself too often.",
                hint="A part that refers to itself must do so for an inner part of the metadata.",
            ) from error


class _EndlessError(Exception):
    pass


def _bounded_validator() -> Any:
    """Return a class of validators that follow a limited number of references in all.

    References are the only part of a schema that can make the work grow beyond its own size times
    that of the document. That product is large for an `enum` of thousands, so it is looked up.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    left = count(_MAX_REFERENCES, -1)

    def bounded(follow: Any) -> Any:
        def check(validator: Any, ref: Any, instance: Any, schema: Any) -> Iterator[Any]:
            if next(left) <= 0:
                raise _EndlessError
            try:
                yield from follow(validator, ref, instance, schema)
            except (AttributeError, LookupError, TypeError, ValueError) as error:  # to no schema
                raise _dangling(ref) from error

        return check

    keywords = Draft202012Validator.VALIDATORS
    names = ("$ref", "$dynamicRef")
    bounds = {name: bounded(keywords[name]) for name in names}
    bounds["enum"] = _looked_up(keywords["enum"])
    return extend(Draft202012Validator, bounds)  # type: ignore[no-untyped-call]


def _looked_up(check: Any) -> Any:
    """Return the check of `enum` with long lists of texts made into sets once."""
    from jsonschema.exceptions import ValidationError

    texts: dict[int, frozenset[str]] = {}

    def looked_up(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if len(allowed) <= _MAX_COMPARED:
            yield from check(validator, allowed, instance, schema)
            return
        if id(allowed) not in texts:
            texts[id(allowed)] = frozenset(one for one in allowed if isinstance(one, str))
        if not isinstance(instance, str) and len(texts[id(allowed)]) < len(allowed):
            yield from check(validator, allowed, instance, schema)
        elif not isinstance(instance, str) or instance not in texts[id(allowed)]:
            yield ValidationError("not one of the values")

    return looked_up


def _dangling(ref: str) -> MetadataError:
    return MetadataError(
        f"The metadata schema refers to {quoted(ref)}, which it does not contain.",
        hint="Put that part into the schema file itself.",
    )


def _sortable(steps: Iterable[str | int]) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (0, step) for step in steps]


def json_path(steps: Iterable[str | int]) -> str:
    """Return a path as JSONPath: `$.datacard_tags.tags[0]`, unusual keys as `["a b"]`."""
    return "$" + "".join(_step(step) for step in steps)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    is_plain = _PLAIN_KEY.fullmatch(step) and len(step) <= _MAX_KEY_CHARS
    return f".{step}" if is_plain else f"[{quoted(step)}]"


def _explain(error: ValidationError) -> Iterator[tuple[Steps, str]]:
    steps = tuple(error.absolute_path)
    found: Any = error.instance
    limit: Any = error.validator_value
    match error.validator:
        case "enum":
            yield steps, _not_allowed(found, limit, error.schema)
        case "type":
            yield steps, f"found {describe(found)}; allowed: {_type_name(limit)}"
        case "required":
            missing = next(key for key in limit if error.message.startswith(repr(key)))
            yield (*steps, missing), "missing; this key is required"
        case "additionalProperties":
            known, patterns = _known_keys(error.schema)
            for key in sorted(found.keys() - known):
                if not any(re.search(pattern, key) for pattern in patterns):
                    yield (*steps, key), _unknown_key(key, known)
        case "minItems":
            yield steps, f"found {describe(found)}; allowed: at least {limit}"
        case "uniqueItems":
            yield steps, f"found {_repeated(found)} more than once; allowed: each value once"
        case _:
            yield steps, f"found {describe(found)}; {_cut(error.message)}"


def _known_keys(schema: Any) -> tuple[Iterable[str], Iterable[str]]:
    return schema.get("properties", {}).keys(), schema.get("patternProperties", {})


def _cut(message: str) -> str:
    line = one_line(message)
    return line if len(line) <= _MAX_MESSAGE_CHARS else f"{line[:_MAX_MESSAGE_CHARS]}..."


def _not_allowed(found: Any, allowed: Sequence[Any], schema: Any) -> str:
    if len(allowed) <= _MAX_COMPARED:
        suggested, values = _suggestion(found, allowed), _listing(allowed)
    else:
        close = _code(found, allowed, schema.get(NAMES)) if isinstance(found, str) else None
        suggested = f'nearest: "{close}"; ' if close else ""
        values = f"one of {len(allowed):,} values, such as {_listing(allowed[:_MAX_EXAMPLES])}"
    return f"found {describe(found)}; {suggested}allowed: {values}"


def _code(found: str, allowed: Iterable[Any], names: Any) -> str | None:
    """Return the code that a word means among very many: `en` for `English`, `EN` and `en-US`."""
    word = found.strip().casefold()
    named = names.get(word) if isinstance(names, dict) else None
    code = named or re.split("[-_]", word)[0]
    return code if code in allowed else None


def _unknown_key(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return f"unknown key; {_suggestion(key, names)}allowed: {_listing(names)}"


def _suggestion(found: Any, allowed: Iterable[Any]) -> str:
    words = [word for word in allowed if isinstance(word, str)]
    close = nearest(found, words) if isinstance(found, str) else ()
    return f'nearest: "{close[0]}"; ' if close else ""


def _listing(values: Iterable[Any]) -> str:
    return ", ".join(value if isinstance(value, str) else describe(value) for value in values)


def _type_name(limit: Any) -> str:
    names = limit if isinstance(limit, list) else [limit]
    return " or ".join(f"{'an' if name[0] in 'aeio' else 'a'} {name}" for name in names)


def _repeated(values: Sequence[Any]) -> str:
    seen = set()
    for value in values:
        text = json.dumps(value, sort_keys=True)
        if text in seen:
            return describe(value)
        seen.add(text)
    return "a value"  # such as 1 and 1.0
