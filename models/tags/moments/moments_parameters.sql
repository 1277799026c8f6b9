{#-
    How much visit days, order days and spend of a customer vary from time to time, against
    what a Poisson process would do: the squared difference of the two halves of the
    baseline over its variance is chi-square with one degree of freedom, so its median over
    the customers is 0.4549 times the dispersion (quasi-likelihood; McCullagh and Nelder,
    Generalized Linear Models, 1989). The median, because those whose behaviour changed must
    not widen the measure of those whose did not.
-#}
with

baselines as (

    select * from {{ ref("int_moments__baselines") }}

),

ratios as (

    select
        {% for kind in ["visit", "purchase"] -%}
            case
                when early_{{ kind }}_days + late_{{ kind }}_days >= 6
                    then
                        power(cast(early_{{ kind }}_days - late_{{ kind }}_days as double), 2)
                        / (early_{{ kind }}_days + late_{{ kind }}_days)
            end as {{ kind }}_ratio,
        {% endfor -%}
        case
            when early_purchase_days + late_purchase_days >= 6 and squared_spend > 0
                then power(early_spend - late_spend, 2) / squared_spend
        end as spend_ratio
    from baselines

),

medians as (

    select
        {% for kind in ["visit", "purchase", "spend"] -%}
            count({{ kind }}_ratio) as {{ kind }}_customers,
            {{ quantile(kind ~ "_ratio", 0.5) }} / 0.454936 as {{ kind }}_dispersion,
        {% endfor -%}
        count(*) as customers
    from ratios

),

-- thirty customers at least, else the process counts as Poisson; no customer is as regular
-- as a tenth of it
dispersion as (

    select
        {% for kind in ["visit", "purchase", "spend"] -%}
            case
                when {{ kind }}_customers >= 30 then greatest(round({{ kind }}_dispersion, 6), 0.1)
                else 1.0
            end as {{ kind }}_dispersion,
        {% endfor -%}
        customers
    from medians

),

moments_parameters as (

    {{ parameter_rows("dispersion", "visits_dropped", ["visit_dispersion"], "exact") }}
    union all
    {{ parameter_rows(
        "dispersion", "spend_dropped", ["purchase_dispersion", "spend_dispersion"], "exact"
    ) }}

)

{{ as_parameters("moments_parameters") }}
