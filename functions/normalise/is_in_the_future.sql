happened_at > loaded_at + interval 1 day
