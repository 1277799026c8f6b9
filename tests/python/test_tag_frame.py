"""The frame of the tag library: values within their domain, rule tags as data, why, portraits."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

import duckdb
import pytest

from one360.errors import UsageError
from one360.paths import dataset_paths
from one360.publish.publication import publish
from one360.published.portrait import _current_one_id, portrait

from .project import Project

pytestmark = pytest.mark.build

FRAME = (
    "int_registry__catalogue", "int_registry__allowed_values", "int_registry__rule_conditions",
    "int_registry__family_tags", "int_registry__value_checks",
    "int_registry__rule_tags", "customer_tags",
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(shared_project: Project) -> Project:
    shared_project.write_small_shop()
    shared_project.begin()
    shared_project.dbt("run", "--select", "+customer_tag_reasons", "+issued_one_ids").check()
    return shared_project


@contextlib.contextmanager
def changed(shop: Project, table: str, *statements: str) -> Iterator[None]:
    """A table with other rows, put back in their order afterwards."""
    kept = "main.kept_" + table.replace(".", "_")
    shop.execute(f"create or replace table {kept} as select * from {table}")
    try:
        shop.execute(";".join(statements))
        yield
    finally:
        shop.execute(f"delete from {table}; insert into {table} select * from {kept}")


def compiled(shop: Project, model: str) -> str:
    """The statement of a step of the registry as dbt compiled it."""
    folder = shop.target / "compiled/one360/models/tags/registry/steps"
    return (folder / f"{model}.sql").read_text(encoding="utf-8")


def evaluated(shop: Project, model: str) -> str | None:
    """The error of a model's statement as dbt compiled it, or None. dbt itself is slower."""
    statement = compiled(shop, model)
    try:
        shop.query(statement)
    except duckdb.Error as error:
        return str(error)
    return None


# -- the registry ---------------------------------------------------------------------


def test_a_family_that_is_not_read_is_no_family(shop: Project):
    statement = (
        "update tags_internal.int_registry__catalogue set model_name = 'tag_nes_calibration' "
        "where tag_code = 'nes_status'"
    )
    with changed(shop, "tags_internal.int_registry__catalogue", statement):
        said = evaluated(shop, "int_registry__family_tags")
    assert said
    assert (
        "tag nes_status: its model tag_nes_calibration is not among the family tables of "
        "macro tag_families: tag_"
    ) in said


@pytest.mark.parametrize(
    ("value_type", "domain", "value", "message"),
    [
        ("code", None, "S9", "has the value S9 (1 customers); allowed are: N, E0, S1, S2, S3"),
        ("flag", None, "ja", "has the value ja (1 customers); allowed are: "),
        ("number", "0..1", "1.5", "has values from 1.5 to 1.5; allowed is 0..1"),
        ("number", "0..", "-1", "has values from -1.0 to -1.0; allowed is 0.."),
        ("amount", None, "much", "has the value much; allowed is an amount"),
        ("date", None, "2026-02-30", "has the value 2026-02-30; allowed is a date"),
        ("number", "0..1", "1", None),
        ("text", None, "anything", None),
    ],
)
def test_a_value_outside_its_domain_ends_the_build(
    shop: Project, value_type: str, domain: str | None, value: str, message: str | None
):
    low, high = (each or "null" for each in (domain.split("..") if domain else ("", "")))
    statements = [
        "delete from tags_internal.int_registry__family_tags",
        "insert into tags_internal.int_registry__family_tags (one_id, tag_code, tag_value) "
        f"values ('a', 'nes_status', '{value}')",
    ]
    kind = (
        f"update tags_internal.int_registry__catalogue set value_type = '{value_type}', "
        f"domain = '{domain or ''}', domain_from = {low}, domain_to = {high} "
        "where tag_code = 'nes_status'"
    )
    with (
        changed(shop, "tags_internal.int_registry__family_tags", *statements),
        changed(shop, "tags_internal.int_registry__catalogue", kind),
    ):
        said = evaluated(shop, "int_registry__value_checks")
    if message is None:
        assert said is None
    else:
        assert said and f"tag nes_status of tag_nes {message}" in said


def test_only_live_tags_are_handed_out_and_only_after_a_look_at_their_values(shop: Project):
    draft = "update seeds.tag_catalogue set status = 'draft' where tag_code in {}"
    with changed(shop, "seeds.tag_catalogue", draft.format("('top_brand', 'second_order_push')")):
        shop.dbt("run", "--select", *FRAME).check()
        codes = {row[0] for row in shop.query("select distinct tag_code from tags.customer_tags")}
    wrong = "update tags.tag_nes set nes_status = 'S9'"
    with changed(shop, "tags.tag_nes", wrong):
        result = shop.dbt("run", "--select", *FRAME)
    shop.dbt("run", "--select", *FRAME).check()
    assert "rfm_segment" in codes
    assert not codes & {"top_brand", "second_order_push"}
    assert "tag nes_status of tag_nes has the value S9" in result.output
    assert "SKIP relation tags.customer_tags" in result.output


def test_the_registry_compiles_to_the_same_before_and_after_its_seeds_are_loaded(
    project: Project, shop: Project
):
    selected = ("int_registry__family_tags", "int_registry__catalogue", "int_registry__rule_tags")
    project.dbt("compile", "-q", "--select", *selected, "customer_tag_reasons").check()
    for model in selected:
        assert compiled(project, model) == compiled(shop, model)
    marts = "compiled/one360/models/tags/registry/customer_tag_reasons.sql"
    assert (project.target / marts).read_text() == (shop.target / marts).read_text()
    assert "then cast(tag_rfm.segment_code as string)" in (shop.target / marts).read_text()


def test_an_empty_build_makes_the_same_tables_without_rows(shop: Project):
    columns = (
        "select column_name, data_type from duckdb_columns() where table_name in {} order by all"
    )
    made = columns.format("('int_registry__family_tags', 'customer_tags', 'customer_tag_reasons')")
    before = shop.query(made)
    frame = (*FRAME, "customer_tag_reasons")
    try:
        shop.dbt("run", "--empty", "--select", *frame).check()
        counted = shop.query("select count(*) from tags.customer_tags")
        empty = shop.query(made)
    finally:
        shop.dbt("run", "--select", *frame).check()
    assert counted == [(0,)]
    assert empty == before
    assert shop.query("select count(*) > 0 from tags.customer_tags") == [(True,)]


# -- rule tags ------------------------------------------------------------------------


def rule(*values: str | None) -> str:
    """The statement that adds a row to the seed: tag, position, value, input, operator, operand."""
    cells = ", ".join(
        "null" if each is None else "'" + each.replace("'", "''") + "'" for each in values
    )
    return f"insert into seeds.rule_tags values ({cells})"


def test_what_an_analyst_types_is_text_and_never_a_statement(shop: Project):
    texts = [
        "'; drop table seeds.rule_tags; --",
        'O\'Neil "and" sons',
        "{{ 1 / 0 }}",
        "%",
        "\\' or 1=1",
    ]
    rules = ["delete from seeds.rule_tags where tag_code = 'vip_care'"] + [
        rule("vip_care", str(layer), "keep", "top_brand", "=", text)
        for layer, text in enumerate(texts, start=1)
    ]
    care = "from tags.customer_rule_tags where tag_code = 'vip_care'"
    try:
        with changed(shop, "seeds.rule_tags", *rules):
            shop.dbt(
                "run", "--select", "int_registry__rule_conditions", "int_registry__rule_tags"
            ).check()
            operands = shop.query(
                "select operand from tags_internal.int_registry__rule_conditions "
                "where tag_code = 'vip_care' order by layer"
            )
            nobody = shop.query(f"select count(*) {care}")
            for layer, text in enumerate(texts, start=1):
                brand = text.replace("'", "''")
                # the statement of the rules as dbt ran it, on customers of that brand
                with changed(
                    shop,
                    "tags_internal.int_registry__family_tags",
                    "delete from tags_internal.int_registry__family_tags",
                    "insert into tags_internal.int_registry__family_tags "
                    "(one_id, tag_code, tag_value)"
                    f" values ('a', 'top_brand', '{brand}'), ('b', 'top_brand', 'Leaf')",
                ):
                    statement = compiled(shop, "int_registry__rule_tags")
                    found = shop.query(
                        f"select one_id, layer from ({statement}) where tag_code = 'vip_care'"
                    )
                    assert found == [("a", layer)]
    finally:
        shop.dbt("run", "--select", *FRAME).check()
    assert operands == [(text,) for text in texts]
    assert nobody == [(0,)]
    assert shop.query("select count(*) > 5 from seeds.rule_tags") == [(True,)]


# -- why ------------------------------------------------------------------------------


def test_every_tag_of_every_customer_has_its_reason(shop: Project):
    assert shop.query(
        """
        select count(*) from tags.customer_tags as tags
        full outer join tags.customer_tag_reasons as reasons
            on tags.one_id = reasons.one_id and tags.tag_code = reasons.tag_code
        where
            tags.tag_value is distinct from reasons.tag_value
            or not json_valid(reasons.inputs) or not json_valid(reasons.thresholds)
            or reasons.value_name_zh is null or reasons.rule_version is null
        """
    ) == [(0,)]
    ((inputs, thresholds),) = shop.query(
        "select inputs, thresholds from tags.customer_tag_reasons "
        "where tag_code = 'nes_status' limit 1"
    )
    assert set(json.loads(inputs)) >= {"purchase_cycle_days", "days_since_last_order"}
    assert json.loads(thresholds)["sleeping_multiple"] == "3.0"
    assert shop.query(
        "select threshold_value, origin from tags.tag_thresholds "
        "where tag_code = 'nes_status' and threshold_code = 'nes_multiples'"
    ) == [("[1, 2, 3]", "variable")]


@pytest.fixture(scope="module")
def published(shop: Project) -> Project:
    """What was built, put before readers: the part that portraits need."""
    relations = shop.query(
        """
        select schema_name, table_name from duckdb_tables()
        where schema_name in ('core', 'tags')
        union all
        select schema_name, view_name from duckdb_views()
        where schema_name in ('core', 'tags') and not internal
        """
    )
    results = {
        "metadata": {"invocation_id": "", "generated_at": "2026-04-01T01:02:03.5Z"},
        "args": {"which": "build"},
        "results": [
            {
                "unique_id": f"model.one360.{table}", "status": "success",
                "relation_name": f'"{shop.dataset}"."{schema}"."{table}"',
            }
            for schema, table in relations
        ],
    }  # fmt: skip
    shop.execute("drop table main.last_build")
    (shop.target / "run_results.json").write_text(json.dumps(results), encoding="utf-8")
    done = publish(dataset_paths(shop.dataset, shop.home), shop.target)
    assert done.views == ["tags.customer_tag_reasons"]
    return shop


def test_a_portrait_shows_the_person_masked_and_its_tags_with_names(published: Project):
    paths = dataset_paths(published.dataset, published.home)
    ((one_id,),) = published.query(
        "select one_id from tags.customer_tags where tag_code = 'nes_status' order by 1 limit 1"
    )
    english, chinese = portrait(paths, one_id), portrait(paths, one_id, language="zh")
    assert english[0].startswith(f"customer {one_id}  as of ")
    assert any("NES status" in line and "(nes_status)" in line for line in english)
    assert any("NES状态" in line and "顾客" in line for line in chinese)
    assert "13800138001" not in "".join(english)
    # nobody forbade anything where no address is known
    ((bare,),) = published.query(
        "select one_id from core.customers where not is_contactable order by 1 limit 1"
    )
    assert "  contact   not possible (no channel with consent and an address)" in portrait(
        paths, bare
    )


def test_a_portrait_of_a_tag_says_why(published: Project):
    paths = dataset_paths(published.dataset, published.home)
    ((one_id,),) = published.query(
        "select one_id from tags.customer_tags where tag_code = 'nes_status' order by 1 limit 1"
    )
    lines = portrait(paths, one_id, "NES状态")
    assert lines == portrait(paths, one_id, "nes_status")
    assert lines[0].startswith("NES status (nes_status): ")
    assert any(line.split()[:1] == ["purchase_cycle_days"] for line in lines)
    assert any(line.split()[:2] == ["sleeping_multiple", "3.0"] for line in lines)


def test_a_customer_without_records_is_retired_or_erased():
    with duckdb.connect() as connection:
        connection.execute(
            "create schema core;"
            "create table core.customers (one_id varchar);"
            "create table core.issued_one_ids as"
            " select unnest(['gone', 'erased']) as one_id, cast(null as varchar) as current_one_id;"
            "create table core.one_id_ledger as select 'gone' as one_id, 'retired' as event,"
            " timestamp '2026-01-02 15:59:59' as event_at"
        )
        with pytest.raises(UsageError, match="customer gone is retired since 2026-01-02: none of"):
            _current_one_id(connection, "gone")
        with pytest.raises(UsageError, match="customer erased was erased"):
            _current_one_id(connection, "erased")


def test_an_unknown_customer_or_tag_is_told_what_is_near(published: Project):
    paths = dataset_paths(published.dataset, published.home)
    ((one_id,),) = published.query("select min(one_id) from tags.customer_tags")
    with pytest.raises(UsageError, match=f"there is no customer .*near it: .*{one_id}"):
        portrait(paths, one_id[:-1])
    with pytest.raises(UsageError, match="no customer 'nobody'; core.customers has the one_ids"):
        portrait(paths, "nobody")
    with pytest.raises(UsageError, match="no live tag 'nes_state'; near it: nes_status"):
        portrait(paths, one_id, "nes_state")
    with pytest.raises(UsageError, match="has no value of tag vip_care; it has: "):
        portrait(paths, one_id, "vip_care")
    with pytest.raises(UsageError, match="there is no language 'fr'; there are: en, zh"):
        portrait(paths, one_id, language="fr")
