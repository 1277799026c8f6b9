with

preference_counts as (

    select * from {{ ref("int_preferences__counts") }}

),

customers as (

    select
        one_id,
        dimension,
        sum(choices) as choices,
        sum(choices * choices) / cast(sum(choices) as double) as squares
    from preference_counts
    group by one_id, dimension

),

dimensions as (

    select
        dimension,
        count(*) as customers,
        sum(choices) as choices,
        sum(cast(choices as double) * choices) as choices_squared,
        sum(squares) as squares
    from customers
    group by dimension

),

choices as (

    select
        dimension,
        choice,
        sum(choices) as choices
    from preference_counts
    group by dimension, choice

),

shares as (

    select
        choices.dimension,
        choices.choice,
        choices.choices / cast(dimensions.choices as double) as population_share
    from choices
    inner join dimensions on choices.dimension = dimensions.dimension

),

placed as (

    select
        *,
        row_number()
            over (partition by dimension order by population_share desc, choice asc)
            as place,
        lead(population_share) over (
            partition by dimension
            order by population_share desc, choice asc
        ) as next_share,
        max(population_share) over (partition by dimension) as first_share
    from shares

),

evenness as (

    select
        dimension,
        1 - sum(population_share * population_share) as evenness
    from shares
    group by dimension

),

prior_sizes as (

    select
        dimensions.dimension,
        {{ dirichlet_prior_size(
            "dimensions.squares",
            "evenness.evenness",
            "dimensions.choices",
            "dimensions.choices_squared",
            "dimensions.customers",
        ) }} as prior_size
    from dimensions
    inner join evenness on dimensions.dimension = evenness.dimension

),

-- the rival of a choice is the one that most others make
choice_shares as (

    select
        dimension,
        choice,
        round(population_share, 9) as population_share,
        round(case when place = 1 then coalesce(next_share, 0) else first_share end, 9)
            as rival_share
    from placed

),

preferences_parameters as (

    {% for code in ["population_share", "rival_share"] -%}
        select
            'preferred_' || dimension as tag_code,
            choice as scope,
            '{{ code }}' as parameter_code,
            {{ code }} as parameter_value,
            cast(null as string) as threshold_value,
            'data' as origin
        from choice_shares
        union all
    {% endfor -%}
    select
        'preferred_' || dimension as tag_code,
        cast(null as string) as scope,
        'population_prior_size' as parameter_code,
        round(prior_size, 9) as parameter_value,
        cast(round(prior_size, 6) as string) as threshold_value,
        'data' as origin
    from prior_sizes

)

{{ as_parameters("preferences_parameters") }}
