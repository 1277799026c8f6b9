{#
    dbt run-operation explain_one_id --args '{record: …, other: …}'

    Why two records are one customer: the shortest chain of accepted links between them,
    the rule of each step, and which single links would part the customer if they were cut.
    With `record` alone: the customer's records and those links. A record is named by its
    profile_id or as 'profile_type natural_key' (crm_member M123).
#}
{% macro explain_one_id(record, other=none) %}
    {% set found = explained_record(record) %}
    {% set other_found = explained_record(other) if other is not none else none %}
    {% set links = explained_links(found.one_id) %}
    {% set lines = [] %}
    {% if other_found and other_found.one_id != found.one_id %}
        {% do lines.append(found.label ~ " and " ~ other_found.label ~ " are two customers: "
            ~ found.one_id ~ " and " ~ other_found.one_id) %}
        {% do lines.extend(explained_refusals(found.one_id, other_found.one_id)) %}
    {% else %}
        {% do lines.append("customer " ~ found.one_id ~ ": " ~ explained_size(found.one_id)
            ~ " records, " ~ links | length ~ " links") %}
        {% if other_found %}
            {% set chain = shortest_chain(links, found.profile_id, other_found.profile_id) %}
            {% do lines.append("shortest chain, " ~ chain | length ~ " steps:") %}
            {% for step in chain %}
                {% do lines.append("  " ~ loop.index ~ ". " ~ step.from_label ~ "  =  " ~ step.to_label
                    ~ "   by " ~ step.link.rule ~ " " ~ step.link.masked
                    ~ " (tier " ~ step.link.tier ~ ", trust " ~ step.link.trust ~ ")") %}
            {% endfor %}
        {% endif %}
        {% do lines.append("links that part the customer if cut:") %}
        {% for link in bridges(links) %}
            {% do lines.append("  - " ~ link.label ~ "  =  " ~ link.linked_label ~ "   by " ~ link.rule
                ~ " " ~ link.masked) %}
        {% else %}
            {% do lines.append("  none: every two records are joined in two ways") %}
        {% endfor %}
    {% endif %}
    {% do print(lines | join("\n")) %}
    {{ return(lines) }}
{% endmacro %}

{# A record as {profile_id, one_id, label}; stops where there is none or no single one. #}
{% macro explained_record(record) %}
    {% set quoted = "'" ~ (record | string | replace("'", "''")) ~ "'" %}
    {% set rows = run_query("
        select profiles.profile_id, one_ids.one_id, " ~ record_label("profiles") ~ " as label
        from " ~ built_model("int_identity__profiles") ~ " as profiles
        inner join " ~ built_model("int_identity__one_ids") ~ " as one_ids
            on profiles.profile_id = one_ids.profile_id
        where
            profiles.profile_id = " ~ quoted ~ "
            or profiles.profile_type || ' ' || profiles.natural_key = " ~ quoted
    ).rows %}
    {% if rows | length != 1 %}
        {{ exceptions.raise_compiler_error("there is no record " ~ record
            ~ "; name it by its profile_id or as 'crm_member <member_id>'") }}
    {% endif %}
    {{ return({"profile_id": rows[0][0], "one_id": rows[0][1], "label": rows[0][2]}) }}
{% endmacro %}

{# What a person may read of a record: its type and the start of its key's hash. #}
{% macro record_label(profiles) %}
    {{- return(profiles ~ ".profile_type || ' ' || left(" ~ profiles ~ ".profile_id, 8)") -}}
{% endmacro %}

{% macro explained_size(one_id) %}
    {{ return(graph_clustering.row_count(built_model("int_identity__one_ids"), "one_id = '" ~ one_id ~ "'")) }}
{% endmacro %}

{# The accepted links within a customer, strongest first. #}
{% macro explained_links(one_id) %}
    {% set links = [] %}
    {% for row in run_query("
        select
            links.profile_id,
            links.linked_profile_id,
            links.rule,
            links.tier,
            coalesce(rules.trust, 1),
            coalesce(min(" ~ mask_identifier("identifiers.identifier_value", "identifiers.identifier_type")
            ~ "), 'decided by hand'),
            " ~ record_label("profiles") ~ ",
            " ~ record_label("others") ~ "
        from " ~ built_model("int_identity__links") ~ " as links
        inner join " ~ built_model("int_identity__one_ids") ~ " as one_ids
            on links.profile_id = one_ids.profile_id and one_ids.one_id = '" ~ one_id ~ "'
        inner join " ~ built_model("int_identity__profiles") ~ " as profiles
            on links.profile_id = profiles.profile_id
        inner join " ~ built_model("int_identity__profiles") ~ " as others
            on links.linked_profile_id = others.profile_id
        left join " ~ built_model("int_identity__rules") ~ " as rules on links.rule = rules.identifier_type
        left join " ~ built_model("int_identity__identifiers") ~ " as identifiers
            on
                links.profile_id = identifiers.profile_id
                and links.identifier_hash = identifiers.identifier_hash
        group by 1, 2, 3, 4, 5, 7, 8, links.priority, links.identifier_hash
        order by links.tier, links.priority, links.identifier_hash, 1, 2
    ").rows %}
        {% do links.append({
            "number": loop.index, "ends": [row[0], row[1]], "rule": row[2], "tier": row[3],
            "trust": row[4], "masked": row[5], "label": row[6], "linked_label": row[7],
        }) %}
    {% endfor %}
    {{ return(links) }}
{% endmacro %}

{% macro explained_refusals(one_id, other_one_id) %}
    {% set lines = [] %}
    {% for row in run_query("
        select refusals.rule, refusals.refusal_reason, refusals.held_masked, refusals.other_masked
        from " ~ built_model("int_identity__refusals") ~ " as refusals
        inner join " ~ built_model("int_identity__one_ids") ~ " as one_ids
            on refusals.profile_id = one_ids.profile_id
        inner join " ~ built_model("int_identity__one_ids") ~ " as others
            on refusals.linked_profile_id = others.profile_id
        where
            one_ids.one_id in ('" ~ one_id ~ "', '" ~ other_one_id ~ "')
            and others.one_id in ('" ~ one_id ~ "', '" ~ other_one_id ~ "')
            and one_ids.one_id <> others.one_id
        order by 1, 2, 3, 4
    ").rows %}
        {% do lines.append("  a link by " ~ row[0] ~ " was refused: " ~ row[1] ~ " ("
            ~ (row[2] or "-") ~ " and " ~ (row[3] or "-") ~ ")") %}
    {% else %}
        {% do lines.append("  no rule offers a link between them") %}
    {% endfor %}
    {{ return(lines) }}
{% endmacro %}

{#
    Breadth first from one record; of equally short chains the one whose links come first.
    Returns [{link, from_label, to_label}].
#}
{% macro shortest_chain(links, start, goal) %}
    {% set came_by = {start: none} %}
    {% set state = namespace(front=[start]) %}
    {% for _ in range(links | length) if goal not in came_by %}
        {% set next = [] %}
        {% for link in links %}
            {% for near, far in [(0, 1), (1, 0)] %}
                {% if link.ends[near] in state.front and link.ends[far] not in came_by %}
                    {% do came_by.update({link.ends[far]: link}) %}
                    {% do next.append(link.ends[far]) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
        {% set state.front = next %}
    {% endfor %}
    {% set chain = [] %}
    {% set walk = namespace(at=goal) %}
    {% for _ in range(came_by | length) if came_by.get(walk.at) %}
        {% set link = came_by[walk.at] %}
        {% set forward = link.ends[1] == walk.at %}
        {% do chain.insert(0, {
            "link": link,
            "from_label": link.label if forward else link.linked_label,
            "to_label": link.linked_label if forward else link.label,
        }) %}
        {% set walk.at = link.ends[0] if forward else link.ends[1] %}
    {% endfor %}
    {{ return(chain) }}
{% endmacro %}

{#
    Links without which the customer falls apart: those whose ends no other way
    joins. A link may stand beside another of the same two records; then neither parts them.
#}
{% macro bridges(links) %}
    {% set parting = [] %}
    {% for link in links %}
        {% set others = links | rejectattr("number", "equalto", link.number) | list %}
        {% if not shortest_chain(others, link.ends[0], link.ends[1]) %}
            {% do parting.append(link) %}
        {% endif %}
    {% endfor %}
    {{ return(parting) }}
{% endmacro %}
