"""What the published tables must hold, computed once more in plain Python.

Written from the docs (`docs/`, the YAML descriptions, seeds), never from the SQL, so that a
fault of one is not in the other. A table is a list of rows, a row a dictionary of its columns:

    @table("tags.tag_nes", key=["one_id"])
    def tag_nes(world: World) -> list[Row]:
        orders = world["core.orders"]
        multiples = world.setting("nes_multiples")

`world[name]` computes a table when it is first asked for. Names are those that people query
(`core.orders`); steps that only this computation has are called `steps.<name>`.
"""
