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
        dimensions.customers,
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

strengths as (

    select
        dimensions.dimension,
        {{ dirichlet_prior_strength(
            "dimensions.squares",
            "evenness.evenness",
            "dimensions.choices",
            "dimensions.choices_squared",
            "dimensions.customers",
        ) }} as prior_strength
    from dimensions
    inner join evenness on dimensions.dimension = evenness.dimension

)

select
    cast(placed.dimension as string) as dimension,
    cast(placed.choice as string) as choice,
    cast(placed.customers as bigint) as customers,
    cast(round(placed.population_share, 9) as double) as population_share,
    -- the choice that most others make
    cast(
        round(
            case
                when placed.place = 1 then coalesce(placed.next_share, 0)
                else placed.first_share
            end, 9
        ) as double
    ) as rival_share,
    cast(round(strengths.prior_strength, 9) as double) as prior_strength
from placed
inner join strengths on placed.dimension = strengths.dimension
