happened_at < received_at - interval 366 day
