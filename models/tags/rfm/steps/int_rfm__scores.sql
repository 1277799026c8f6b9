{%- set measures = {"r": "recency_days", "f": "frequency", "m": "monetary"} -%}
{%- set letters = measures.keys() -%}
{%- set weights = var("rfm_weights") -%}
{%- set is_by_rank = var("rfm_scoring") == "rank" -%}
{%- set averages_scores = var("rfm_average_of") == "scores" -%}

with

rfm_values as (

    select * from {{ ref("int_tags__rfm_values") }}

),

segment_map as (

    select * from {{ ref("int_rfm__segment_map") }}

),

cut_points as (

    select * from {{ ref("int_rfm__cut_points") }}

),

{% if is_by_rank -%}
    -- Equal values of recency and spend share their rank. Orders are few and often equal, so
    -- there the first natural key decides.
    ranked as (

        select
            *,
            rank() over (partition by scope, scope_value order by recency_days) as r_rank,
            row_number() over (
                partition by scope, scope_value
                order by frequency, natural_key_rank
            ) as f_rank,
            rank() over (partition by scope, scope_value order by monetary) as m_rank
        from rfm_values

    ),

    -- the fifth of the ranks, as pandas qcut cuts them (the lower fifth keeps its edge):
    -- ceil(5 (rank - 1) / (n - 1)) in whole numbers, so no rounding decides
    scored as (

        select
            *,
            {% for letter in letters -%}
                {{ "6 - " if letter == "r" }}greatest(
                    1,
                    cast(
                        floor(
                            (5 * ({{ letter }}_rank - 1) + scope_customers - 2)
                            / cast(greatest(scope_customers - 1, 1) as double)
                        ) as integer
                    )
                ) as {{ letter }}_score{{ "," if not loop.last }}
            {% endfor -%}
        from ranked

    ),
{%- else -%}
    -- one more for each of the four cut points that a value reaches
    scored as (

        select
            {% for letter, measure in measures.items() -%}
                {{ 5 if letter == "r" else 1 }}
                {% for number in range(1, 5) -%}
                    {{ "-" if letter == "r" else "+" }} case
                        when rfm_values.{{ measure }} >= {{ letter }}_cuts.cut_{{ number }} then 1
                        else 0
                    end
                {% endfor -%}
                    as {{ letter }}_score,
            {% endfor -%}
            rfm_values.*
        from rfm_values
        left join cut_points as r_cuts
            on
                r_cuts.measure = 'recency_days'
                and rfm_values.scope = r_cuts.scope
                and rfm_values.scope_value = r_cuts.scope_value
        left join cut_points as f_cuts
            on
                f_cuts.measure = 'frequency'
                and rfm_values.scope = f_cuts.scope
                and rfm_values.scope_value = f_cuts.scope_value
        left join cut_points as m_cuts
            on
                m_cuts.measure = 'monetary'
                and rfm_values.scope = m_cuts.scope
                and rfm_values.scope_value = m_cuts.scope_value

    ),
{%- endif %}

averaged as (

    select
        *,
    {% for letter, measure in measures.items() -%}
        avg({{ letter ~ "_score" if averages_scores else measure }})
            over (partition by scope, scope_value) as {{ letter }}_average
        {{- "," if not loop.last }}
    {% endfor -%}
    from scored

),

placed as (

    select
        *,
        r_score * {{ weights[0] }} + f_score * {{ weights[1] }} + m_score * {{ weights[2] }}
            as rfm_score,
        {% if averages_scores -%}
            case when r_score >= r_average then 1 else 0 end as r_above,
            case when f_score >= f_average then 1 else 0 end as f_above,
            case when m_score >= m_average then 1 else 0 end as m_above
        {%- else -%}
            case when recency_days <= r_average then 1 else 0 end as r_above,
            case when frequency >= f_average then 1 else 0 end as f_above,
            case when monetary >= m_average then 1 else 0 end as m_above
        {%- endif %}
    from averaged

),

-- at most a thousand combinations, whatever the number of customers
cells as (

    select distinct
        r_score,
        f_score,
        m_score,
        r_above,
        f_above,
        m_above
    from placed

),

cell_segments as (

    select
        cells.r_score,
        cells.f_score,
        cells.m_score,
        cells.r_above,
        cells.f_above,
        cells.m_above,
        coalesce(min_by(segment_map.segment_code, segment_map.map_position), 'others')
            as segment_code
    from cells
    left join segment_map
        on
            {% for letter in letters -%}
                {{ "and " if not loop.first -}}
                case
                    when segment_map.basis = 'average' then cells.{{ letter }}_above
                    else cells.{{ letter }}_score
                end between segment_map.{{ letter }}_from and segment_map.{{ letter }}_to
            {% endfor %}
    group by
        cells.r_score, cells.f_score, cells.m_score, cells.r_above, cells.f_above, cells.m_above

),

rfm_scores as (

    select
        placed.*,
        cell_segments.segment_code
    from placed
    left join cell_segments
        on
            placed.is_compared
            and placed.r_score = cell_segments.r_score
            and placed.f_score = cell_segments.f_score
            and placed.m_score = cell_segments.m_score
            and placed.r_above = cell_segments.r_above
            and placed.f_above = cell_segments.f_above
            and placed.m_above = cell_segments.m_above

)

select
    cast(one_id as string) as one_id,
    cast(scope as string) as scope,
    cast(scope_value as string) as scope_value,
    cast(segment_code as string) as segment_code,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(28, 4)) as monetary,
    cast(case when is_compared then r_score end as integer) as r_score,
    cast(case when is_compared then f_score end as integer) as f_score,
    cast(case when is_compared then m_score end as integer) as m_score,
    cast(case when is_compared then rfm_score end as decimal(9, 2)) as rfm_score,
    cast(scope_customers as bigint) as scope_customers,
    cast(as_of_date as date) as as_of_date
from rfm_scores
