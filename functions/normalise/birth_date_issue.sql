case
    when birthday is null and {{ function("normalise_id") }}(raw) is not null then 'unreadable'
    when birthday < cast('1905-01-01' as date) then 'too_early'
    when birthday > cast(loaded_at as date) then 'in_the_future'
end
