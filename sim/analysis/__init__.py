"""Tables in, tables out: comparisons that serve anybody's costs and effects, whatever model made them."""
