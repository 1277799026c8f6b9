with

cycles as (

    select * from {{ ref("int_nes__cycles") }}
    where purpose = 'current'

),

multiples as (

    {{ read_parameters(
        ref("nes_parameters"),
        "nes_status",
        ["active_multiple", "dozing_multiple", "sleeping_multiple"],
    ) }}

),

states as (

    select * from {{ ref("nes_states") }}

),

calibration as (

    select
        nes_status,
        is_separable
    from {{ ref("tag_nes_calibration") }}

),

with_status as (

    select
        cycles.*,
        {{ nes_status("cycles", "multiples") }} as nes_status
    from cycles
    cross join multiples

),

tag_nes as (

    select
        with_status.*,
        states.name_en,
        states.name_zh,
        calibration.is_separable,
        {{ add_days("with_status.last_ordered_date", "ceil(with_status.purchase_cycle_days)") }}
            as due_date
    from with_status
    left join states on with_status.nes_status = states.state_code
    left join calibration on with_status.nes_status = calibration.nes_status

)

select
    cast(one_id as string) as one_id,
    cast(nes_status as string) as nes_status,
    cast(name_en as string) as nes_status_name_en,
    cast(name_zh as string) as nes_status_name_zh,
    {{ rounded("purchase_cycle_days", 9, 2) }} as purchase_cycle_days,
    {{ rounded("shrinkage_weight", 5, 4) }} as cycle_shrinkage_weight,
    cast(days_since_last_order as integer) as days_since_last_order,
    {{ rounded("cycles_since_last_order", 12, 4) }} as cycles_since_last_order,
    cast(is_separable as boolean) as is_separable,
    cast(case when due_date >= snapshot_date then due_date end as date) as next_order_expected_date,
    cast(snapshot_date as date) as as_of_date
from tag_nes
