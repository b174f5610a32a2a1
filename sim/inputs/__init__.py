"""From files to typed, checked and sourced inputs: parameters, treatments, strategies, scenarios, populations."""
