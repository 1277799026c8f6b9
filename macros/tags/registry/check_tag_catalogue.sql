{#
    Ends the build where rows of the seed tag_catalogue do not fit the project, with one line
    per fault: it names the row by its tag and says what is allowed.
#}
{% macro check_tag_catalogue() %}
    {%- if execute and flags.WHICH in ("build", "run") -%}
        {%- set rows = tag_catalogue_rows() -%}
        {%- set faults = [] -%}
        {%- for row in rows -%}
            {%- set fault = tag_fault(row) or tag_column_fault(row) -%}
            {%- if fault -%}
                {%- do faults.append("tag " ~ (row.tag_code or "(empty)") ~ ": " ~ fault) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do faults.extend(repeated_names(rows)) -%}
        {%- if not faults -%}
            {%- do faults.extend(unclaimed_columns(rows)) -%}
        {%- endif -%}
        {%- if faults -%}
            {{ exceptions.raise_compiler_error(
                "seed tag_catalogue, " ~ faults | join("\n  seed tag_catalogue, ")
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{# What the enumerated columns of the catalogue accept. #}
{% macro tag_choices() %}
    {{ return({
        "tag_type": ["fact", "rule", "statistical", "model", "prediction"],
        "value_type": ["code", "flag", "number", "amount", "date", "text"],
        "status": ["draft", "live", "retired"],
        "refresh": ["daily", "hot"],
        "history": [true, false],
    }) }}
{% endmacro %}

{# Older seeds that name the values of several tags: what `domain` of a code may say. #}
{% macro value_sets() %}
    {{ return([
        "rfm_segments", "nes_states", "loyalty_levels", "activity_levels",
        "member_value_tiers", "member_value_actions", "age_bands",
    ]) }}
{% endmacro %}

{# What is wrong with a row by itself, or an empty string. #}
{% macro tag_fault(row) %}
    {%- if not modules.re.fullmatch("[a-z][a-z0-9_]*", row.tag_code or "") -%}
        {{ return("tag_code must be lower-case English words joined by _") }}
    {%- endif -%}
    {%- for column in ["family", "name_en", "name_zh", "description_en", "description_zh", "owner", "model_name"] -%}
        {%- if not row[column] -%}
            {{ return(column ~ " is missing") }}
        {%- endif -%}
    {%- endfor -%}
    {%- for column, allowed in tag_choices().items() -%}
        {%- if row[column] not in allowed -%}
            {{ return(column ~ " is " ~ row[column] ~ "; allowed are: " ~ allowed | join(", ") | lower) }}
        {%- endif -%}
    {%- endfor -%}
    {%- if row.version is none or row.version < 1 -%}
        {{ return("version must be a whole number from 1") }}
    {%- endif -%}
    {%- if row.min_coverage is none or row.min_coverage < 0 or row.min_coverage > 1 -%}
        {{ return("min_coverage is " ~ row.min_coverage ~ "; allowed is a share from 0 to 1") }}
    {%- endif -%}
    {%- if row.max_psi is none or row.max_psi < 0 -%}
        {{ return("max_psi is " ~ row.max_psi ~ "; allowed is a number from 0") }}
    {%- endif -%}
    {%- if row.domain and row.value_type in ("number", "amount")
        and not modules.re.fullmatch("(-?\d+(\.\d+)?)?\.\.(-?\d+(\.\d+)?)?", row.domain) -%}
        {{ return("domain is " ~ row.domain ~ "; allowed is min..max, where either may be left out") }}
    {%- elif row.domain and row.value_type == "code" and row.domain not in value_sets() -%}
        {{ return(
            "domain is " ~ row.domain ~ "; allowed is nothing (the values stand in seed tag_values) or one of: "
            ~ value_sets() | join(", ")
        ) }}
    {%- elif row.domain and row.value_type not in ("number", "amount", "code") -%}
        {{ return("a " ~ row.value_type ~ " has no domain; leave it empty") }}
    {%- endif -%}
    {%- for name in (row.settings or "").split() if not var.has_var(name) -%}
        {{ return("settings names " ~ name ~ ", which is no variable; see docs/variables.md") }}
    {%- endfor -%}
    {{ return("") }}
{% endmacro %}

{# What is wrong with the model and the columns that a row names, or an empty string. #}
{% macro tag_column_fault(row) %}
    {%- if row.model_name == "rule_tags" -%}
        {%- if row.tag_type != "rule" or row.value_type != "code" or row.value_column or row.score_column
            or row.input_columns -%}
            {{ return(
                "a tag of rule_tags is of tag_type rule and value_type code and names no columns; "
                ~ "its rows stand in seed rule_tags"
            ) }}
        {%- endif -%}
        {%- set ruled = rule_tag_codes() -%}
        {%- if row.status != "retired" and row.tag_code not in ruled -%}
            {{ return("no row of seed rule_tags makes it; those make: " ~ ruled | join(", ")) }}
        {%- endif -%}
    {%- elif row.status in ("live", "draft") -%}
        {%- set node = graph.nodes.get("model." ~ project_name ~ "." ~ row.model_name) -%}
        {%- if node is none -%}
            {{ return(
                "there is no model " ~ row.model_name ~ "; allowed are rule_tags and: "
                ~ family_models() | sort | join(", ")
            ) }}
        {%- endif -%}
        {%- set named = [row.value_column or "(empty)"] -%}
        {%- if row.score_column -%}
            {%- do named.append(row.score_column) -%}
        {%- endif -%}
        {%- for column in named + (row.input_columns or "").split() if column not in node.columns -%}
            {{ return(
                "model " ~ row.model_name ~ " has no column " ~ column ~ "; it has: "
                ~ node.columns.keys() | join(", ")
            ) }}
        {%- endfor -%}
        {%- for column in ["one_id", "as_of_date"] if column not in node.columns -%}
            {{ return("model " ~ row.model_name ~ " has no column " ~ column) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return("") }}
{% endmacro %}

{# The tags that rows of seed rule_tags make. #}
{% macro rule_tag_codes() %}
    {%- set seed = built_seed("rule_tags") -%}
    {%- set found = [] -%}
    {%- if seed is not none -%}
        {%- for row in run_query("select distinct trim(tag_code) as tag_code from " ~ seed ~ " order by 1").rows -%}
            {%- do found.append(row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{# Every code and every name, in each language, belongs to one tag. #}
{% macro repeated_names(rows) %}
    {%- set faults = [] -%}
    {%- for column in ["tag_code", "name_en", "name_zh"] -%}
        {%- set owners = {} -%}
        {%- for row in rows if row[column] -%}
            {%- set name = row[column] | lower | trim -%}
            {%- if name in owners -%}
                {%- do faults.append(
                    "tag " ~ row.tag_code ~ ": " ~ column ~ " " ~ row[column]
                    ~ (" stands there twice" if column == "tag_code" else " is also the name of tag " ~ owners[name])
                    ~ "; each is allowed once"
                ) -%}
            {%- endif -%}
            {%- do owners.update({name: row.tag_code}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}

{# Models tag_<family> with one row per customer: those whose one_id is tested as unique. #}
{% macro family_models() %}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == "test" and node.get("attached_node")
        and node.get("column_name") == "one_id"
        and (node.get("test_metadata") or {}).get("name") in ("key", "unique") -%}
        {%- set tested = graph.nodes.get(node.attached_node) -%}
        {%- if tested and tested.name.startswith("tag_") and tested.name not in names -%}
            {%- do names.append(tested.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}

{# Columns of the family models that no tag of the catalogue names. #}
{% macro unclaimed_columns(rows) %}
    {%- set faults = [] -%}
    {%- for name in family_models() | sort -%}
        {%- set claimed = ["one_id", "as_of_date"] -%}
        {%- for row in rows if row.model_name == name and row.value_column -%}
            {%- set stem = modules.re.sub("_code$", "", row.value_column) -%}
            {%- do claimed.extend(
                [row.value_column, row.score_column, stem ~ "_name_en", stem ~ "_name_zh"]
                + (row.input_columns or "").split()
            ) -%}
        {%- endfor -%}
        {%- set node = graph.nodes["model." ~ project_name ~ "." ~ name] -%}
        {%- for column in node.columns if column not in claimed -%}
            {%- do faults.append(
                "model " ~ name ~ ": no tag claims its column " ~ column
                ~ "; allowed is the value_column, score_column or one of the input_columns of a tag"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}
