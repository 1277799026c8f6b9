happened_at > least(loaded_at, cast(current_timestamp as timestamp)) + interval 1 day
