"""The frame of the tag library: what the registry refuses, rule tags as data, why, portraits."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

import duckdb
import pytest

from one360.errors import UsageError
from one360.paths import dataset_paths
from one360.publish.publication import publish
from one360.published.portrait import portrait

from .project import Project

pytestmark = pytest.mark.build

BUILD = ("build", "--exclude-resource-type", "test", "unit_test", "--select")
FRAME = (
    "int_registry__catalogue", "int_registry__allowed_values", "int_registry__rule_conditions",
    "int_registry__family_tags", "int_registry__value_checks",
    "int_registry__rule_tags", "customer_tags",
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(shared_project: Project) -> Project:
    shared_project.write_small_shop()
    shared_project.dbt(*BUILD, "+customer_tag_reasons", "+issued_one_ids").check()
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


def refused(shop: Project) -> list[str]:
    """What the check of the catalogue says of its faults, a line each."""
    result = shop.dbt("run", "--select", "int_registry__catalogue")
    assert not result.success, result.output
    lines = result.output.splitlines()
    return list(dict.fromkeys(line.strip() for line in lines if "seed tag_catalogue, " in line))


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

#: What is changed in the row of a tag → what is said of it. One run tells them all.
CATALOGUE_FAULTS = {
    "rfm_cell": ("tag_type = 'guess'", "tag_type is guess; allowed are: fact, rule, statistical"),
    "rfm_cluster": ("value_type = 'hue'", "value_type is hue; allowed are: code, flag, number"),
    "rfm_frequency": ("status = 'alive'", "status is alive; allowed are: draft, live, retired"),
    "rfm_monetary": ("refresh = 'hourly'", "refresh is hourly; allowed are: daily, hot"),
    "rfm_recency_days": ("history = null", "history is None; allowed are: true, false"),
    "nes_status": ("name_zh = 'RFM客群'", "RFM客群 is also the name of tag"),
    "activity_level": ("name_en = 'rfm SEGMENT'", "is also the name of tag"),
    "top_brand": ("settings = 'nes_multiple'", "settings names nes_multiple, which is no variable"),
    "loyalty_level": ("model_name = 'tag_loyal'", "there is no model tag_loyal; allowed are"),
    "vip_care": ("min_coverage = 1.5", "min_coverage is 1.5; allowed is a share from 0 to 1"),
}
MORE_FAULTS = {
    "rfm_cell": ("value_column = 'cell'", "model tag_rfm has no column cell; it has: one_id"),
    "rfm_cluster": ("score_column = 'scor'", "model tag_rfm has no column scor; it has: one_id"),
    "rfm_frequency": ("input_columns = 'x'", "model tag_rfm has no column x; it has: one_id"),
    "rfm_monetary": ("max_psi = -1", "max_psi is -1.0; allowed is a number from 0"),
    "rfm_recency_days": ("domain = '0-9'", "domain is 0-9; allowed is min..max, where either"),
    "nes_status": ("domain = 'states'", "domain is states; allowed is nothing (the values stand"),
    "top_brand": ("domain = '1..2'", "a text has no domain; leave it empty"),
    "activity_level": ("model_name = 'rule_tags'", "a tag of rule_tags is of tag_type rule"),
    "loyalty_level": ("tag_code = 'top_brand'", "tag_code top_brand stands there twice; each is"),
    "vip_care": ("tag_code = 'VIP care'", "tag_code must be lower-case English words joined by _"),
    "second_order_push": ("version = 0", "version must be a whole number from 1"),
    "engaged_without_order": ("owner = null", "owner is missing"),
}


@pytest.mark.parametrize("faults", [CATALOGUE_FAULTS, MORE_FAULTS], ids=["first", "second"])
def test_rows_of_the_catalogue_that_do_not_fit_end_the_build(
    shop: Project, faults: dict[str, tuple[str, str]]
):
    statements = [
        f"update seeds.tag_catalogue set {change} where tag_code = '{tag}'"
        for tag, (change, _) in faults.items()
    ]
    with changed(shop, "seeds.tag_catalogue", *statements):
        lines = refused(shop)
    for _, message in faults.values():
        assert any(message in line for line in lines), (message, lines)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "delete from seeds.tag_catalogue where tag_code = 'reseller_suspect'",
            "model tag_rfm: no tag claims its column is_reseller_suspect; allowed is",
        ),
        (
            "update seeds.tag_catalogue set input_columns = null where tag_code = 'activity_level'",
            "model tag_activity: no tag claims its column orders; allowed is",
        ),
    ],
)
def test_a_tag_without_entry_is_a_column_that_no_tag_claims(
    shop: Project, statement: str, message: str
):
    with changed(shop, "seeds.tag_catalogue", statement):
        lines = refused(shop)
    assert any(message in line for line in lines), lines


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
    ("statement", "message"),
    [
        (
            "insert into seeds.tag_values values ('vip_cafe', 'x', 1, 'X', '某')",
            "(vip_cafe x): no such tag in seed tag_catalogue",
        ),
        (
            "insert into seeds.tag_values values ('top_brand', 'x', 1, 'X', '某')",
            "(top_brand x): only a tag of value_type code has values here",
        ),
        (
            "insert into seeds.tag_values values ('nes_status', 'S4', 1, 'X', '某')",
            "(nes_status S4): the tag takes its values from the seed that domain names",
        ),
        (
            "insert into seeds.tag_values values ('vip_care', 'keep', 9, 'X', '某')",
            "(vip_care keep): the value stands there twice",
        ),
        (
            "insert into seeds.tag_values values ('vip_care', 'x', 9, 'keep', '某')",
            "two values of the tag have this name",
        ),
        (
            "insert into seeds.tag_values values ('vip_care', 'x', 9, 'X', null)",
            "(vip_care x): name_en and name_zh must be given",
        ),
        (
            "delete from seeds.tag_values where tag_code = 'vip_care'",
            "seed tag_catalogue, tag vip_care: a code without values; add rows to seed tag_values",
        ),
    ],
)
def test_values_that_do_not_fit_end_the_build(shop: Project, statement: str, message: str):
    with changed(shop, "seeds.tag_values", statement):
        said = evaluated(shop, "int_registry__allowed_values")
    assert said and message in said


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


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ("vip_cure", "1", "keep", "nes_status", "=", "N"),
            "tag_code vip_cure is no tag with model_name rule_tags in seed tag_catalogue; "
            "allowed are: engaged_without_order, second_order_push, vip_care",
        ),
        (
            ("nes_status", "1", "N", "rfm_cell", "=", "111"),
            "tag_code nes_status is no tag with model_name rule_tags",
        ),
        (
            ("vip_care", "first", "keep", "nes_status", "=", "N"),
            "position first is no layer; allowed is a whole number from 1",
        ),
        (
            ("vip_care", "9", "hold", "nes_status", "=", "N"),
            "tag_value hold is no value of vip_care in seed tag_values; "
            "allowed are: win_back, wake_up, keep",
        ),
        (
            ("vip_care", "3", "win_back", "nes_status", "=", "N"),
            "layer 3 of vip_care gives keep and win_back; allowed is one tag_value",
        ),
        (
            ("vip_care", "9", "keep", "nes_state", "=", "N"),
            "input_tag nes_state is no live tag; allowed are: ",
        ),
        (
            ("vip_care", "9", "keep", "vip_care", "=", "keep"),
            "input_tag vip_care is a rule tag itself; allowed are: ",
        ),
        (
            ("vip_care", "9", "keep", None, "=", "N"),
            "input_tag is missing; allowed are: ",
        ),
        (
            ("vip_care", "9", "keep", "nes_status", "like", "N"),
            "operator like is unknown; allowed are: =, <>, in, not_in, contains, starts_with",
        ),
        (
            ("vip_care", "9", "keep", "nes_status", ">", "N"),
            "operator > does not fit nes_status, a code; allowed are: =, <>, in, not_in",
        ),
        (
            ("vip_care", "9", "keep", "rfm_monetary", "contains", "1"),
            "operator contains does not fit rfm_monetary, an amount; allowed are: =, <>, >, >=",
        ),
        (
            ("vip_care", "9", "keep", "rfm_monetary", ">", "1,000"),
            "operand 1,000 is no number, and rfm_monetary is an amount; allowed is a number as",
        ),
        (
            ("vip_care", "9", "keep", "rfm_monetary", "between", "10"),
            "operand 10 is no number, and rfm_monetary is an amount; allowed is a number as 12.5, "
            "twice: 10..20",
        ),
        (
            ("vip_care", "9", "keep", "rfm_monetary", "between", "20..10"),
            "operand 20..10 begins above its end; allowed is from..to",
        ),
        (
            ("vip_care", "9", "keep", "next_order_expected", "<", "soon"),
            "operand soon is no date, and next_order_expected is a date; allowed is a date as",
        ),
        (
            ("vip_care", "9", "keep", "nes_status", "in", "N||S1"),
            "the list N||S1 has an empty entry; allowed is a|b|c",
        ),
        (
            ("vip_care", "9", "keep", "nes_status", "in", "N|S7"),
            "operand S7 is no value of nes_status; allowed are: N, E0, S1, S2, S3",
        ),
        (
            ("vip_care", "9", "keep", "nes_status", "=", "S7"),
            "operand S7 is no value of nes_status; allowed are: N, E0, S1, S2, S3",
        ),
        (
            ("vip_care", "9", "keep", "reseller_suspect", "=", "no"),
            "operand no is no value of reseller_suspect; allowed are: true, false",
        ),
        (
            ("vip_care", "9", "keep", "nes_status", "=", None),
            "operand is missing; allowed is one of: N, E0, S1, S2, S3",
        ),
        (
            ("vip_care", "9", "keep", "nes_status", "is_missing", "N"),
            "operator is_missing takes no operand; leave it empty",
        ),
    ],
)
def test_a_rule_that_does_not_fit_ends_the_build_by_its_row(
    shop: Project, row: tuple[str | None, ...], message: str
):
    # the header is row 1 of the file, so the row after n others is n + 2
    ((others,),) = shop.query("select count(*) from seeds.rule_tags")
    with changed(shop, "seeds.rule_tags", rule(*row)):
        said = evaluated(shop, "int_registry__rule_conditions")
    assert said and f": {message}" in said
    row_number = int(said.split("seed rule_tags, row ")[1].split(":")[0])
    # of two rows that contradict each other either may be named
    assert row_number == others + 2 or "layer 3" in message


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [("vip_care", "2", "wake_up", None, None, None)],
            "layer 2 of vip_care has a row without condition beside others",
        ),
        (
            [
                ("engaged_without_order", "0", "convert", None, None, None),
            ],
            "position 0 is no layer",
        ),
        (
            [
                ("vip_care", "8", "keep", None, None, None),
                ("vip_care", "9", "keep", None, None, None),
            ],
            "layer 8 of vip_care has no condition, so that no later layer is reached",
        ),
        (
            [("vip_care", "2", "wake_up", "nes_status", "=", "S1")],
            "the condition stands twice in layer 2 of vip_care",
        ),
    ],
)
def test_layers_that_contradict_each_other_end_the_build(
    shop: Project, rows: list[tuple[str | None, ...]], message: str
):
    with changed(shop, "seeds.rule_tags", *(rule(*row) for row in rows)):
        said = evaluated(shop, "int_registry__rule_conditions")
    assert said and message in said


def test_a_rule_tag_without_rows_is_an_entry_without_tag(shop: Project):
    statement = "delete from seeds.rule_tags where tag_code = 'second_order_push'"
    with changed(shop, "seeds.rule_tags", statement):
        lines = refused(shop)
    assert len(lines) == 1
    assert (
        "tag second_order_push: no row of seed rule_tags makes it; those make: "
        "engaged_without_order, vip_care"
    ) in lines[0]


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
    said = published.dbt("run-operation", "explain_tag", "--args",
                         json.dumps({"one_id": one_id, "tag": "nes_status"}))  # fmt: skip
    assert "sleeping_multiple" in said.check().output


def test_an_unknown_customer_or_tag_is_told_what_is_near(published: Project):
    paths = dataset_paths(published.dataset, published.home)
    ((one_id,),) = published.query("select min(one_id) from tags.customer_tags")
    with pytest.raises(UsageError, match=f"there is no customer .*near it: .*{one_id}"):
        portrait(paths, one_id[:-1])
    with pytest.raises(UsageError, match="no live tag 'nes_state'; near it: nes_status"):
        portrait(paths, one_id, "nes_state")
    with pytest.raises(UsageError, match="has no value of tag vip_care; it has: "):
        portrait(paths, one_id, "vip_care")
    with pytest.raises(UsageError, match="there is no language 'fr'; there are: en, zh"):
        portrait(paths, one_id, language="fr")
    said = published.dbt("run-operation", "explain_tag", "--args",
                         json.dumps({"one_id": "x' or ''='", "tag": "nes_status"}))  # fmt: skip
    assert "has no value of tag nes_status" in said.output
