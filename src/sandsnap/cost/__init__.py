"""What workloads cost: tariffs made of the facts of a day, bills made of a tariff and a workload. Pure; no rule is assumed
that no fact states."""
