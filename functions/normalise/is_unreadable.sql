value is null and {{ function("normalise_id") }}(raw) is not null
