"""Which columns are personal: declared in YAML, followed through the compiled SQL of the models.

A column of a source or a model that is declared ``personal`` makes personal what its values flow
into, from model to model. The flow ends where a value is masked or hashed by one of
``TREATMENTS``, where only a yes or no or a count is left of it, and at a column of a model (or a
model) that is declared ``personal: none``, or one that publishing itself hashes: ``hashed_key``, a
key of orders, or ``hashed``, a key of raw records of any table, for the tables whose key is
personal. Conditions, joins and orders carry no value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from one360.errors import One360Error
from one360.paths import shown
from one360.salt import keyed_hash_sql

#: What macro mail_providers returns: domains that are nobody's own.
MAIL_PROVIDERS = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
    "yahoo.com", "yahoo.co.jp", "yahoo.com.hk", "yahoo.com.tw", "icloud.com", "me.com",
    "aol.com", "proton.me", "protonmail.com", "gmx.net", "gmx.de", "web.de", "t-online.de",
    "orange.fr", "free.fr", "libero.it", "mail.ru", "yandex.ru", "qq.com", "vip.qq.com",
    "foxmail.com", "163.com", "126.com", "yeah.net", "139.com", "189.cn", "sina.com",
    "sina.cn", "sohu.com", "aliyun.com", "naver.com", "daum.net", "hanmail.net",
)  # fmt: skip

_MASKED_EMAIL = (
    "case when substr(VALUE, position('@' in VALUE) + 1) in ("
    + ", ".join(f"'{domain}'" for domain in MAIL_PROVIDERS)
    + ") then left(VALUE, 1) || '***' || substr(VALUE, position('@' in VALUE)) "
    "when position('@' in VALUE) > 0 then left(VALUE, 1) || '***' "
    "when VALUE is not null then '****' end"
)

#: What macros of these names compile to. VALUE stands for the value, OTHER for any expression.
TREATMENTS = {
    "keyed_hash": keyed_hash_sql("(VALUE)"),
    "mask_phone": "left(VALUE, 3) || '****' || right(VALUE, 2)",
    "mask_email": _MASKED_EMAIL,
    "mask_identifier": (
        "case OTHER when 'phone' then left(VALUE, 3) || '****' || right(VALUE, 2) "
        f"when 'email' then {_MASKED_EMAIL} else case when length(VALUE) >= 8 "
        "then left(VALUE, 2) || '****' || right(VALUE, 2) else '****' end end"
    ),
}

#: Names of columns that a value comes from, such as crm.members.mobile.
Origins = frozenset[str]
Columns = dict[str, Origins]

NOTHING: Origins = frozenset()

#: In place of a name: of any column that is not known by name.
_ANY = "*"

#: What a column of a model may be declared that is not personal itself.
_SAID = ("none", "hashed", "hashed_key")

#: Of what they look at, a yes or no or a number of rows is left.
_ANSWERS = (
    exp.Predicate, exp.Not, exp.And, exp.Or, exp.Exists, exp.Count, exp.CountIf, exp.ApproxDistinct,
    exp.RowNumber, exp.RegexpLike, exp.LogicalOr, exp.LogicalAnd,
)  # fmt: skip

#: What a later run has on top of the SQL of the whole table (see macros/increments).
_MARKED = re.compile(r"--<(\w+)\n.*?--\1>\n?", re.DOTALL)


@dataclass
class Personal:
    """Personal columns of the project.

    Attributes:
        kinds: origin → how it is personal, such as crm.members.mobile → phone.
        columns: (schema, table) → column → origins of its values.
        declared: (schema, table) → columns declared personal, which stay in the warehouse.
        hashed: (schema, table) → columns that are published hashed, where they are of a table
            of ``keys``, raw tables whose key is personal.
        hashed_keys: (schema, table) → columns that are published hashed.
        raw: raw table → the columns of its key.
        unknown: (schema, table) → why its SQL, or that of a table it reads, cannot be followed.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], Columns] = field(default_factory=dict)
    declared: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    hashed: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    hashed_keys: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)
    unknown: dict[tuple[str, str], str] = field(default_factory=dict)

    def kept_back(self, table: tuple[str, str]) -> set[str]:
        """Columns of a table that are declared personal, so not published."""
        return self.declared.get(table, set())

    def leaks(self, table: tuple[str, str]) -> Iterator[str]:
        """A line on each column that would show what is personal, or that it is not known."""
        if table in self.unknown:
            yield f"{'.'.join(table)} may show what is personal: {self.unknown[table]}"
        for column, origins in self.columns.get(table, {}).items():
            if origins and column not in self.kept_back(table):
                yield (
                    f"{'.'.join(table)}.{column} shows {min(origins)}, which is personal "
                    f"({self.kinds[min(origins)]}); mask or hash it by one of "
                    f"{', '.join(TREATMENTS)}, or declare the column personal"
                )

    def of_kind(self, kind: str, *, alone: bool = False) -> Iterator[tuple[str, str, str]]:
        """Schema, table and name of the columns with personal values of this kind.

        Args:
            kind: one of those that a raw column may be declared.
            alone: only columns without another kind. A column of golden values holds names
                and, in other rows, cities and levels.
        """
        for (schema, table), columns in sorted(self.columns.items()):
            for column, origins in columns.items():
                found = {self.kinds[origin] for origin in origins}
                if kind in found and (len(found) == 1 or not alone):
                    yield schema, table, column


def read_personal(target: Path, engine: str = "duckdb") -> Personal:
    """What is personal in the project that dbt built last.

    Args:
        target: dbt's target folder, with the manifest and the compiled SQL.
        engine: what built it. The SQL of DuckDB is followed; that of Spark is of the same
            models, and of it only what is declared is known.

    Raises:
        One360Error: there is no manifest.
    """
    path = target / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise One360Error(
            f"nothing is published: {shown(path)}, which says what is personal, cannot be read"
        ) from None
    project = manifest["metadata"]["project_name"]
    return follow(manifest, target / "compiled" / project if engine == "duckdb" else None)


def follow(manifest: Mapping[str, Any], compiled: Path | None) -> Personal:
    """What is personal by a manifest and the folder of the compiled SQL, where there is one."""
    found = Personal()
    for source in manifest["sources"].values():
        place = (source["schema"], source["identifier"])
        name = f"{source['source_name']}.{source['name']}"
        found.columns[place] = _declared(source, name, found.kinds)
        found.raw[name] = source["config"]["meta"]["keys"]
        if any(found.columns[place].get(key) for key in found.raw[name]):
            found.keys.append(name)
    for key in _in_order(manifest):
        node = manifest["nodes"][key]
        place = (node["schema"], node["alias"])
        declared = {name: _meta(column) for name, column in node["columns"].items()}
        columns: Columns = {}
        if compiled is not None and _meta(node) != "none":
            columns = _columns_of(node, compiled, found, manifest)
        own = _declared(node, ".".join(place), found.kinds)
        for name, personal in declared.items():
            if personal in _SAID:
                columns[name] = NOTHING
                if personal == "hashed":
                    found.hashed.setdefault(place, set()).add(name)
                if personal == "hashed_key":
                    found.hashed_keys.setdefault(place, set()).add(name)
            elif personal:
                columns[name] = columns.get(name, NOTHING) | own[name]
                found.declared.setdefault(place, set()).add(name)
        found.columns[place] = columns
    return found


def _declared(node: Mapping[str, Any], name: str, kinds: dict[str, str]) -> Columns:
    """Columns of a source or model; a personal one is the origin of its own values."""
    columns: Columns = {}
    for column in node["columns"].values():
        personal = _meta(column)
        origin = f"{name}.{column['name']}"
        columns[column["name"]] = NOTHING
        if personal and personal not in _SAID:
            kinds[origin] = personal
            columns[column["name"]] = frozenset([origin])
    return columns


def _meta(column: Mapping[str, Any]) -> str | None:
    return ((column.get("config") or {}).get("meta") or {}).get("personal")


def _in_order(manifest: Mapping[str, Any]) -> list[str]:
    """The models, each after those it reads."""
    ordered: dict[str, None] = {}

    def visit(key: str) -> None:
        if key in ordered:
            return
        node = manifest["nodes"].get(key)
        if node is None or node["resource_type"] != "model":
            return
        for parent in node["depends_on"]["nodes"]:
            visit(parent)
        ordered[key] = None

    for key in manifest["nodes"]:
        visit(key)
    return list(ordered)


def _columns_of(
    node: Mapping[str, Any],
    compiled: Path,
    found: Personal,
    manifest: Mapping[str, Any],
) -> Columns:
    inputs: dict[tuple[str, str], Columns] = {}
    here = (node["schema"], node["alias"])
    for key in node["depends_on"]["nodes"]:
        parent = manifest["sources"].get(key) or manifest["nodes"].get(key)
        if parent:
            place = (parent["schema"], parent.get("identifier") or parent["alias"])
            inputs[place] = found.columns.get(place, {})
            if place in found.unknown:
                found.unknown[here] = found.unknown[place]
    everything = _union(origins for columns in inputs.values() for origins in columns.values())
    if not everything:
        return {}
    if node["language"] != "sql":
        # what Python does with its input is not known: its columns are declared, or personal
        return dict.fromkeys(node["columns"], everything)
    path = compiled / node["original_file_path"]
    try:
        text = _MARKED.sub("", path.read_text(encoding="utf-8"))
        return _Reader(inputs).columns(sqlglot.parse_one(text, dialect="duckdb"))
    except (OSError, SqlglotError, RecursionError) as error:
        reason = " ".join(str(error).split())[:160]
        found.unknown[here] = (
            f"the SQL of {node['original_file_path']} cannot be followed ({reason})"
        )
        return {}


def _union(origins: Iterable[Origins]) -> Origins:
    return NOTHING.union(*origins)


class _Reader:
    """Follows values through one query, given the columns of the tables that it reads."""

    def __init__(self, tables: Mapping[tuple[str, str], Columns]) -> None:
        self.tables = tables

    def columns(self, query: Any, names: Mapping[str, Columns] | None = None) -> Columns:
        """Columns of a query; ``names`` are the common table expressions that it sees."""
        if not isinstance(query, exp.Query):
            raise SqlglotError(f"unexpected {type(query).__name__}")
        known = dict(names or {})
        for cte in query.ctes:
            name = cte.alias.lower()
            if query.args["with_"].args.get("recursive"):
                # the second time it knows what its first part gives
                known[name] = self.columns(_first(cte.this), known)
            known[name] = _renamed(cte, self.columns(cte.this, known))
        if isinstance(query, exp.Subquery):
            return self.columns(query.this, known)
        if isinstance(query, exp.SetOperation):
            left, right = (self.columns(part, known) for part in (query.left, query.right))
            if query.args.get("by_name"):
                return {
                    name: left.get(name, NOTHING) | right.get(name, NOTHING)
                    for name in {**left, **right}
                }
            others = list(right.values())
            return {
                name: origins | (others[at] if at < len(others) else NOTHING)
                for at, (name, origins) in enumerate(left.items())
            }
        if isinstance(query, exp.Select):
            return self._selected(query, known)
        raise SqlglotError(f"unexpected {type(query).__name__}")

    def _selected(self, query: exp.Select, known: Mapping[str, Columns]) -> Columns:
        from_ = query.args.get("from_") or query.args.get("from")
        parts = [from_.this] if from_ else []
        parts += [join.this for join in query.args.get("joins") or ()]
        parts += query.args.get("laterals") or ()
        scope: dict[str, Columns] = {}
        for part in parts:
            self._add(part, scope, known)
        result: Columns = {}
        for number, projection in enumerate(query.expressions):
            if isinstance(projection, exp.Star) or (
                isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star)
            ):
                self._add_star(projection, scope, result, known)
                continue
            name = projection.alias_or_name.lower() or f"column{number}"
            result[name] = self._origins(projection, scope, result, known)
        return result

    def _add(self, part: Any, scope: dict[str, Columns], known: Mapping[str, Columns]) -> None:
        alias = part.alias_or_name.lower() or f"part{len(scope)}"
        if isinstance(part, exp.Table) and isinstance(part.this, exp.Identifier):
            name = part.name.lower()
            if not part.db and name in known:
                columns = known[name]
            else:
                columns = self.tables.get((part.db.lower(), name), {})
            for join in part.args.get("joins") or ():
                self._add(join.this, scope, known)
        elif isinstance(part, exp.Subquery) and isinstance(part.this, exp.Query):
            columns = self.columns(part, known)
        elif isinstance(part, exp.Subquery | exp.Paren):
            self._add(part.this, scope, known)
            return
        else:
            # unnest, values, a table function: its columns hold what went into it
            columns = {_ANY: self._inside(part, scope, {}, known)}
            for name in part.alias_column_names:
                columns[name.lower()] = columns[_ANY]
        scope[alias] = _renamed(part, columns)

    def _add_star(
        self,
        star: Any,
        scope: Mapping[str, Columns],
        result: Columns,
        known: Mapping[str, Columns],
    ) -> None:
        inner = star if isinstance(star, exp.Star) else star.this
        left_out = {item.name.lower() for item in inner.args.get("except_") or ()}
        left_out |= {item.name.lower() for item in inner.args.get("except") or ()}
        of_tables = [star.table.lower()] if isinstance(star, exp.Column) and star.table else scope
        for table in of_tables:
            for name, origins in scope.get(table, {}).items():
                if name not in left_out:
                    result[name] = result.get(name, NOTHING) | origins
        for item in inner.args.get("replace") or ():
            result[item.alias.lower()] = self._origins(item.this, scope, {}, known)

    def _origins(
        self,
        node: Any,
        scope: Mapping[str, Columns],
        result: Columns,
        known: Mapping[str, Columns],
    ) -> Origins:
        if isinstance(node, _ANSWERS) or _is_treated(node):
            return NOTHING
        if isinstance(node, exp.Column):
            return _of_column(node, scope, result)
        if isinstance(node, exp.Star):
            return _union(_union(columns.values()) for columns in scope.values())
        if isinstance(node, exp.Case):
            branches = [item.args["true"] for item in node.args["ifs"]]
            branches += [node.args["default"]] if node.args.get("default") else []
            return _union(self._origins(each, scope, result, known) for each in branches)
        if isinstance(node, exp.If):
            branches = [node.args.get("true"), node.args.get("false")]
            return _union(self._origins(each, scope, result, known) for each in branches if each)
        if isinstance(node, exp.Window | exp.WithinGroup | exp.Filter):
            inner = self._origins(node.this, scope, result, known)
            if isinstance(node, exp.WithinGroup):
                inner |= self._inside(node.expression, scope, result, known)
            return inner
        if isinstance(node, exp.Order):
            return self._origins(node.this, scope, result, known) if node.this else NOTHING
        if isinstance(node, exp.ArgMax | exp.ArgMin):
            return self._origins(node.this, scope, result, known)
        if isinstance(node, exp.Query):
            outside = (
                _of_column(column, scope, result)
                for selected in node.selects
                for column in selected.find_all(exp.Column)
                if column.table.lower() in scope
            )
            return _union([*self.columns(node, known).values(), *outside])
        return self._inside(node, scope, result, known)

    def _inside(
        self,
        node: Any,
        scope: Mapping[str, Columns],
        result: Columns,
        known: Mapping[str, Columns],
    ) -> Origins:
        return _union(
            self._origins(child, scope, result, known) for child in node.iter_expressions()
        )


def _first(query: Any) -> Any:
    return query.left if isinstance(query, exp.SetOperation) else query


def _renamed(part: exp.Expression, columns: Columns) -> Columns:
    """Columns under the names that an alias gives them, as in `t (a, b)`."""
    given = [name.lower() for name in part.alias_column_names]
    if not given or _ANY in columns:
        return columns
    values = list(columns.values())
    return {name: values[at] for at, name in enumerate(given) if at < len(values)}


def _of_column(column: exp.Column, scope: Mapping[str, Columns], result: Columns) -> Origins:
    name, table = column.name.lower(), column.table.lower()
    if table in scope:
        return scope[table].get(name, scope[table].get(_ANY, NOTHING))
    if table:
        # a field of a column, or of a whole row
        return _named(table, scope, result)
    return _named(name, scope, result)


def _named(name: str, scope: Mapping[str, Columns], result: Columns) -> Origins:
    holders = [columns for columns in scope.values() if name in columns]
    if holders:
        return _union(columns[name] for columns in holders)
    if name in result:
        return result[name]
    if name in scope:
        return _union(scope[name].values())
    return _union(columns.get(_ANY, NOTHING) for columns in scope.values())


def _is_treated(node: Any) -> bool:
    return any(_fits(node, form, {}) for form in _FORMS)


def _fits(node: Any, form: Any, bound: dict[str, Any]) -> bool:
    """Whether an expression is of a form; each hole of it is the same expression everywhere."""
    if isinstance(form, exp.Column) and form.name in ("VALUE", "OTHER"):
        return node == bound.setdefault(form.name, node)
    if isinstance(form, exp.Expression):
        return (
            type(node) is type(form)
            and all(_fits(node.args.get(key), value, bound) for key, value in form.args.items())
            and not any(value for key, value in node.args.items() if key not in form.args)
        )
    if isinstance(form, list):
        return (
            isinstance(node, list)
            and len(node) == len(form)
            and all(_fits(one, other, bound) for one, other in zip(node, form, strict=True))
        )
    return bool(node == form) or (not node and not form)


_FORMS = [sqlglot.parse_one(text, dialect="duckdb") for text in TREATMENTS.values()]
