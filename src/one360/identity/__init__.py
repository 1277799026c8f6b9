"""Who is who: names, likely pairs of records, and how well customers are distinguished."""
