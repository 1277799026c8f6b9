{#
    The rows of `source` (one per customer, or per customer and group where `groups` names
    columns) with r_score, f_score and m_score of 1 to 5, rfm_score, and r_above, f_above,
    m_above: 1 = at least as good as the average, of the group.
#}
{% macro rfm_scored(source, cut_points, groups=[]) %}
    {%- set weights = setting("rfm_weights") -%}
    {%- set partition = "partition by " ~ groups | join(", ") ~ " " if groups else "" -%}
    {%- set average_of = {
        "r": "r_score", "f": "f_score", "m": "m_score"
    } if setting("rfm_average_of") == "scores" else {
        "r": "recency_days", "f": "frequency", "m": "monetary"
    } -%}
    select
        averaged.*,
        r_score * {{ weights[0] }} + f_score * {{ weights[1] }} + m_score * {{ weights[2] }}
            as rfm_score,
        {% if setting("rfm_average_of") == "scores" -%}
        case when r_score >= r_average then 1 else 0 end as r_above,
        {%- else -%}
        case when recency_days <= r_average then 1 else 0 end as r_above,
        {%- endif %}
        case when {{ average_of.f }} >= f_average then 1 else 0 end as f_above,
        case when {{ average_of.m }} >= m_average then 1 else 0 end as m_above
    from (
        select
            scored.*,
            {% for letter, column in average_of.items() -%}
            avg({{ column }}) over ({{ partition | trim }}) as {{ letter }}_average
            {{- "," if not loop.last }}
            {% endfor -%}
        from (
            {% if setting("rfm_scoring") == "rank" -%}
            {#- Equal values of recency and spend share their rank. Orders are few and often
                equal, so equal customers are told apart by the order of their first natural
                key. -#}
            select
                ranked.*,
                6 - {{ score_by_rank("recency_rank", "customer_count") }} as r_score,
                {{ score_by_rank("frequency_rank", "customer_count") }} as f_score,
                {{ score_by_rank("monetary_rank", "customer_count") }} as m_score
            from (
                select
                    source_rows.*,
                    rank() over ({{ partition }}order by recency_days) as recency_rank,
                    row_number() over ({{ partition }}order by frequency, natural_key_rank)
                        as frequency_rank,
                    rank() over ({{ partition }}order by monetary) as monetary_rank,
                    count(*) over ({{ partition | trim }}) as customer_count
                from {{ source }} as source_rows
            ) as ranked
            {%- else -%}
            select
                source_rows.*,
                6 - {{ score_by_cuts("source_rows.recency_days", "recency_cuts") }} as r_score,
                {{ score_by_cuts("source_rows.frequency", "frequency_cuts") }} as f_score,
                {{ score_by_cuts("source_rows.monetary", "monetary_cuts") }} as m_score
            from {{ source }} as source_rows
            {% for measure in ["recency_days", "frequency", "monetary"] -%}
            {%- set cuts = measure | replace("_days", "") ~ "_cuts" -%}
            inner join {{ cut_points }} as {{ cuts }}
                on
                    {{ cuts }}.measure = '{{ measure }}'
                    {% for group in groups -%}
                    and source_rows.{{ group }} = {{ cuts }}.{{ group }}
                    {% endfor -%}
            {% endfor -%}
            {%- endif %}
        ) as scored
    ) as averaged
{% endmacro %}
