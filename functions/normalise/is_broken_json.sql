value is not null and not {{ is_json("value") }}
