"""`make bench-order`: a simulated day in the order of the farm, and in two others.

- `day`: the jobs of the day, always the same ones
- `orders`: the policy of the dispatcher, first in first out, shortest job first
- `simulation`: runs a day in an order
- `report`: the table and the plot
"""
