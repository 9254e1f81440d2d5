vpc_name = "broken
