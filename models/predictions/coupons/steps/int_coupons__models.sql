with

judged as (

    {{ chosen_versions(
        ref("int_coupons__versions"), ref("int_coupons__tested"), "beta_binomial"
    ) }}

)

select
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(library_versions as string) as library_versions,
    cast(why as string) as reason,
    cast(horizon_days as integer) as horizon_days,
    cast(rows_trained as bigint) as rows_trained,
    cast(null as bigint) as seed,
    cast(is_chosen as boolean) as is_chosen,
    cast(train_from_date as date) as train_from_date,
    cast(train_to_date as date) as train_to_date,
    cast(fit_date as date) as as_of_date
from judged
