case
    when birthday < cast('1905-01-01' as date) then null
    when birthday > cast(least(loaded_at, cast(current_timestamp as timestamp)) as date) then null
    else birthday
end
