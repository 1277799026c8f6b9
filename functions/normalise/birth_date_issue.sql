case
    when {{ function("is_unreadable") }}(birthday, raw) then 'unreadable'
    when birthday < cast('1905-01-01' as date) then 'too_early'
    when birthday > cast(least(loaded_at, cast(current_timestamp as timestamp)) as date)
        then 'in_the_future'
end
