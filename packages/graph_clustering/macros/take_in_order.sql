{#
    Takes the links of contested components phase by phase (tier and what is obeyed) and
    each phase in rounds. A round

        refuses   every link whose ends clash now: what clashes now clashes for good, as
                  clusters only gain tokens within a phase
        accepts   every link that is the first of all open links at both its ends: nothing
                  that comes before it can touch either end
        accepts   clusters without a token that hang on one other cluster only: they
                  cannot make a difference

    until no link is open, which is what taking them one by one gives. Returns a table
    node_number → cluster and writes the refused links.
#}
{% macro take_in_order(given, nodes, result, refused, work) %}
    {% set ranked = graph_clustering.work_table(result, "ranked", work) %}
    {% set members = graph_clustering.work_table(result, "members_0", work) %}
    {% set tokens = graph_clustering.work_table(result, "tokens", work) %}
    {% set held = graph_clustering.work_table(result, "held_0", work) %}
    {% set names = graph_clustering.work_table(result, "token_names", work) %}

    {% do graph_clustering.make_table(ranked, "
        select
            links.*,
            row_number() over (
                order by
                    links.tier, links.obeys, links.link_key,
                    least(links.first_end, links.second_end),
                    greatest(links.first_end, links.second_end),
                    links.first_end
            ) as link_number
        from (
            select distinct
                links.node,
                links.neighbour,
                links.tier,
                links.obeys,
                links.link_key,
                nodes.node_number as first_end,
                neighbours.node_number as second_end
            from " ~ given.links ~ " as links
            inner join " ~ nodes ~ " as nodes on links.node = nodes.node
            inner join " ~ nodes ~ " as neighbours on links.neighbour = neighbours.node
        ) as links
    ") %}
    {% do graph_clustering.make_table(members, "select node_number, node_number as cluster from " ~ nodes) %}
    {% do graph_clustering.make_table(tokens, "
        select distinct
            nodes.node_number as cluster,
            nodes.component,
            tokens.token_type,
            tokens.token_value,
            tokens.token_level
        from " ~ given.tokens ~ " as tokens
        inner join " ~ nodes ~ " as nodes on tokens.node = nodes.node
    ") %}
    {# a token of one component is not that of another: what meets here says nothing there #}
    {% do graph_clustering.make_table(names, "
        select
            component,
            token_type,
            token_value,
            dense_rank() over (order by component, token_type, token_value) as token,
            dense_rank() over (order by token_type) as token_kind
        from (
            select distinct component, token_type, token_value from " ~ tokens ~ "
        ) as contested_tokens
    ") %}
    {% do graph_clustering.make_table(held, "
        select distinct tokens.cluster, names.token_kind, names.token, tokens.token_level
        from " ~ tokens ~ " as tokens
        inner join " ~ names ~ " as names
            on
                tokens.component = names.component
                and tokens.token_type = names.token_type
                and tokens.token_value = names.token_value
    ") %}

    {% set phases = run_query(
        "select distinct tier, obeys from " ~ ranked ~ " order by tier, obeys"
    ).rows %}
    {% set state = namespace(members=members, held=held, round=0) %}
    {% set refusals = [] %}
    {% for phase in phases %}
        {% set run = "phase_" ~ loop.index ~ "_" %}
        {% set state.held = graph_clustering.one_token_for_all_that_met(result, state.held, run, work) %}
        {% set open = graph_clustering.work_table(result, run ~ "open", work) %}
        {% do graph_clustering.make_table(open, "
            select
                ranked.link_number,
                least(firsts.cluster, seconds.cluster) as low,
                greatest(firsts.cluster, seconds.cluster) as high
            from " ~ ranked ~ " as ranked
            inner join " ~ state.members ~ " as firsts on ranked.first_end = firsts.node_number
            inner join " ~ state.members ~ " as seconds on ranked.second_end = seconds.node_number
            where
                ranked.tier = " ~ phase[0] ~ " and ranked.obeys = " ~ phase[1] ~ "
                and firsts.cluster <> seconds.cluster
        ") %}
        {% set left = namespace(open=open, links=graph_clustering.row_count(open)) %}
        {% set rounds = [] %}
        {% for _ in range(100000) if left.links > 0 %}
            {% set state.round = state.round + 1 %}
            {% set next = graph_clustering.take_round(result, left.open, state, phase[1], work) %}
            {% do rounds.append("select link_number from " ~ next.refused) %}
            {% set left.open = next.open %}
            {% set left.links = graph_clustering.row_count(next.open) %}
            {% do log(
                result.identifier ~ ": tier " ~ phase[0] ~ ", round " ~ state.round
                ~ " leaves " ~ left.links ~ " contested links"
            ) %}
        {% endfor %}
        {% if rounds %}
            {% do refusals.append(graph_clustering.work_table(result, run ~ "refused", work)) %}
            {% do graph_clustering.make_table(refusals[-1], graph_clustering.refused_for(rounds, ranked, state, phase[1])) %}
        {% endif %}
    {% endfor %}

    {% set columns = "
        select
            ranked.node,
            ranked.neighbour,
            ranked.tier,
            ranked.link_key,
            held.token_type,
            held.token_value as held_value,
            others.token_value as other_value
        from " ~ ranked ~ " as ranked
    " %}
    {% set parts = [] %}
    {% for table in refusals %}
        {% do parts.append(
            columns ~ "inner join " ~ table ~ " as refused on ranked.link_number = refused.link_number
            inner join " ~ names ~ " as held on refused.held_token = held.token
            inner join " ~ names ~ " as others on refused.other_token = others.token"
        ) %}
    {% endfor %}
    {% do graph_clustering.make_table(refused, parts | join(" union all ") if parts else
        columns ~ "inner join " ~ names ~ " as held on false inner join " ~ names ~ " as others on false"
    ) %}
    {% do graph_clustering.stop_at_refused_required(refused) %}
    {{ return(state.members) }}
{% endmacro %}

{#
    What the refused links of a phase were refused for: of the token types in which the clusters
    of their two ends differ, now that the phase is through, the first in the alphabet.
    Within the phase that would depend on how far the clusters had grown.
#}
{% macro refused_for(rounds, ranked, state, obeys) %}
    {{- return("
        select
            refused.link_number,
            min_by(held.token, held.token_kind) as held_token,
            min_by(others.token, others.token_kind) as other_token
        from (" ~ rounds | join(" union all ") ~ ") as refused
        inner join " ~ ranked ~ " as ranked on refused.link_number = ranked.link_number
        inner join " ~ state.members ~ " as firsts on ranked.first_end = firsts.node_number
        inner join " ~ state.members ~ " as seconds on ranked.second_end = seconds.node_number
        inner join " ~ state.held ~ " as held
            on firsts.cluster = held.cluster and held.token_level <= " ~ obeys ~ "
        inner join " ~ state.held ~ " as others
            on
                seconds.cluster = others.cluster
                and held.token_kind = others.token_kind
                and held.token <> others.token
        group by refused.link_number
    ") -}}
{% endmacro %}

{# One round, see take_in_order; moves state.members and state.held on. #}
{% macro take_round(result, open, state, obeys, work) %}
    {% set refused = graph_clustering.work_table(result, "refused_" ~ state.round, work) %}
    {% set moves = graph_clustering.work_table(result, "moves_" ~ state.round, work) %}
    {% set next_open = graph_clustering.work_table(result, "left_" ~ state.round, work) %}
    {% set next_held = graph_clustering.work_table(result, "held_" ~ state.round, work) %}
    {% set next_members = graph_clustering.work_table(result, "members_" ~ state.round, work) %}
    {% set obeyed = "token_level <= " ~ obeys %}

    {% do graph_clustering.make_table(refused, "
        select distinct links.link_number
        from " ~ open ~ " as links
        inner join " ~ state.held ~ " as held
            on links.low = held.cluster and held." ~ obeyed ~ "
        inner join " ~ state.held ~ " as others
            on
                links.high = others.cluster
                and held.token_kind = others.token_kind
                and held.token <> others.token
    ") %}
    {% do graph_clustering.make_table(moves, "
        with
        still_open as (
            select links.*
            from " ~ open ~ " as links
            left join " ~ refused ~ " as refused on links.link_number = refused.link_number
            where refused.link_number is null
        ),
        ends as (
            select low as cluster, high as other, link_number from still_open
            union all
            select high as cluster, low as other, link_number from still_open
        ),
        leaves as (
            select ends.cluster, min(ends.other) as other
            from ends
            left join (
                select distinct cluster from " ~ state.held ~ " where " ~ obeyed ~ "
            ) as holders on ends.cluster = holders.cluster
            where holders.cluster is null
            group by ends.cluster
            having min(ends.other) = max(ends.other)
        ),
        pruned as (
            select leaves.cluster, leaves.other as root
            from leaves
            left join leaves as others on leaves.other = others.cluster
            where others.cluster is null or leaves.cluster > leaves.other
        ),
        firsts as (
            select ends.cluster, min(ends.link_number) as link_number
            from ends
            left join pruned on ends.cluster = pruned.cluster
            left join pruned as pruned_others on ends.other = pruned_others.cluster
            where pruned.cluster is null and pruned_others.cluster is null
            group by ends.cluster
        ),
        decided as (
            select still_open.high as cluster, still_open.low as root
            from still_open
            inner join firsts as lows
                on still_open.low = lows.cluster and still_open.link_number = lows.link_number
            inner join firsts as highs
                on still_open.high = highs.cluster and still_open.link_number = highs.link_number
        )
        select cluster, root from decided
        union all
        select pruned.cluster, coalesce(decided.root, pruned.root) as root
        from pruned
        left join decided on pruned.root = decided.cluster
    ") %}
    {% do graph_clustering.make_table(next_open, "
        select link_number, low, high
        from (
            select
                links.link_number,
                least(coalesce(lows.root, links.low), coalesce(highs.root, links.high)) as low,
                greatest(coalesce(lows.root, links.low), coalesce(highs.root, links.high)) as high
            from " ~ open ~ " as links
            left join " ~ refused ~ " as refused on links.link_number = refused.link_number
            left join " ~ moves ~ " as lows on links.low = lows.cluster
            left join " ~ moves ~ " as highs on links.high = highs.cluster
            where refused.link_number is null
        ) as moved
        where low <> high
    ") %}
    {% do graph_clustering.make_table(next_held, "
        select distinct
            coalesce(moves.root, held.cluster) as cluster,
            held.token_kind,
            held.token,
            held.token_level
        from " ~ state.held ~ " as held
        left join " ~ moves ~ " as moves on held.cluster = moves.cluster
    ") %}
    {% do graph_clustering.make_table(next_members, "
        select members.node_number, coalesce(moves.root, members.cluster) as cluster
        from " ~ state.members ~ " as members
        left join " ~ moves ~ " as moves on members.cluster = moves.cluster
    ") %}
    {% set state.held = next_held %}
    {% set state.members = next_members %}
    {{ return({"refused": refused, "open": next_open}) }}
{% endmacro %}

{# Tokens of one kind that a cluster holds together become the smallest of them, everywhere. #}
{% macro one_token_for_all_that_met(result, held, run, work) %}
    {% set met = graph_clustering.work_table(result, run ~ "met", work) %}
    {% do graph_clustering.make_table(met, "
        select distinct firsts.token as low, held.token as high
        from " ~ held ~ " as held
        inner join (
            select cluster, token_kind, min(token) as token
            from " ~ held ~ "
            group by cluster, token_kind
        ) as firsts on held.cluster = firsts.cluster and held.token_kind = firsts.token_kind
        where firsts.token < held.token
    ") %}
    {% if graph_clustering.row_count(met) == 0 %}
        {{ return(held) }}
    {% endif %}
    {% set map = graph_clustering.contract_numbered(result, met, run, work) %}
    {% set renamed = graph_clustering.work_table(result, run ~ "held", work) %}
    {% do graph_clustering.make_table(renamed, "
        select distinct
            held.cluster,
            held.token_kind,
            coalesce(map.root, held.token) as token,
            held.token_level
        from " ~ held ~ " as held
        left join " ~ map ~ " as map on held.token = map.node_number
    ") %}
    {{ return(renamed) }}
{% endmacro %}

{# Stops the build where a link of config required_tier was refused. #}
{% macro stop_at_refused_required(refused) %}
    {% set required = config.get("required_tier") %}
    {% if required is none %}{{ return("") }}{% endif %}
    {% set faults = run_query(
        "select node, neighbour, token_type from " ~ refused
        ~ " where tier = " ~ required.tier ~ " order by node, neighbour"
    ).rows %}
    {% if faults %}
        {{ exceptions.raise_compiler_error(
            required.get("name", "required link") ~ " " ~ faults[0][0] ~ " and " ~ faults[0][1]
            ~ " contradicts " ~ (faults[0][2] | replace("|", " ", 1) | replace("|", " and "))
            ~ ", perhaps through other links of its kind"
        ) }}
    {% endif %}
{% endmacro %}
