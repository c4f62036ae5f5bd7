"""How large a farm must be for a load: the arithmetic of `whisperfarm plan`.

- `demand`: the load that is planned for
- `measured`: the figures that a plan rests on, each with its source
- `plan`: from a load and the figures to workers, disk and ledger
- `report`: the plan as a table or as JSON
"""
