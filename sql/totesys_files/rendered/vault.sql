-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

