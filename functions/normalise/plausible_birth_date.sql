case
    when birthday < cast('1905-01-01' as date) then null
    when birthday > cast(loaded_at as date) then null
    else birthday
end
