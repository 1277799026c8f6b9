{#-
    Whether visits or spend fell against the customer's own baseline, as a z of a rate.
    Days with a visit, or with an order: of all n, those of the last a days are a share
    p = a / (a + b) if nothing changed (conditional test of two Poisson rates; Przyborowski
    and Wilenski 1940). Amounts: a compound Poisson sum, whose variance is that of its rate
    times the squared amounts. All widened, or narrowed, by the dispersion; assessed from three
    expected days on, where the normal approximation holds.
-#}
{%- set drop_days = var("drop_days") -%}
{%- set counts = {"visit": "visit", "purchase": "spend"} -%}

with

baselines as (

    select * from {{ ref("int_moments__baselines") }}

),

visits as (

    {{ read_parameters(ref("moments_parameters"), "visits_dropped", ["visit_dispersion"]) }}

),

spends as (

    {{ read_parameters(
        ref("moments_parameters"), "spend_dropped", ["purchase_dispersion", "spend_dispersion"]
    ) }}

),

shares as (

    select
        baselines.*,
        visits.visit_dispersion,
        spends.purchase_dispersion,
        spends.spend_dispersion,
        {% for kind, side in counts.items() -%}
            baselines.early_{{ kind }}_days + baselines.late_{{ kind }}_days
                as baseline_{{ kind }}_days,
            -- recent days per day of the baseline
            cast({{ drop_days }} as double)
            / nullif(greatest(baselines.{{ side }}_baseline_days, 0), 0) as {{ kind }}_scale,
        {% endfor -%}
        baselines.early_spend + baselines.late_spend as baseline_spend
    from baselines
    cross join visits
    cross join spends

),

expected as (

    select
        *,
        {% for kind in counts -%}
            baseline_{{ kind }}_days * {{ kind }}_scale as expected_{{ kind }}_days,
            {{ kind }}_scale / (1 + {{ kind }}_scale) as {{ kind }}_share,
            recent_{{ kind }}_days + baseline_{{ kind }}_days as all_{{ kind }}_days,
        {% endfor -%}
        baseline_spend * purchase_scale as expected_spend
    from shares

)

select
    cast(one_id as string) as one_id,
    {% for kind in counts -%}
        cast(recent_{{ kind }}_days as bigint) as recent_{{ kind }}_days,
        cast({{ rounded("expected_" ~ kind ~ "_days", 18, 4) }} as double)
            as expected_{{ kind }}_days,
    {% endfor -%}
    cast({{ rounded("recent_spend", 18, 2) }} as double) as recent_spend,
    cast({{ rounded("expected_spend", 18, 2) }} as double) as expected_spend,
    {% for kind in counts -%}
        cast(
            case
                when expected_{{ kind }}_days >= 3
                    then round(
                        -- x - n p
                        (recent_{{ kind }}_days - expected_{{ kind }}_days)
                        * (1 - {{ kind }}_share)
                        / sqrt(
                            all_{{ kind }}_days * {{ kind }}_share * (1 - {{ kind }}_share)
                            * {{ kind }}_dispersion
                        ),
                        4
                    )
            end as double
        ) as {{ kind }}s_z,
    {% endfor -%}
    cast(
        case
            when expected_purchase_days >= 3 and squared_spend > 0
                then round(
                    (recent_spend - expected_spend)
                    / sqrt(
                        squared_spend * purchase_scale * (1 + purchase_scale) * spend_dispersion
                    ),
                    4
                )
        end as double
    ) as amounts_z
from expected
