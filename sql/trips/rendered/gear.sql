-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create or replace view gear.recent_changes as
select '' as pipeline, '' as feed, '' as entity, 0 as batch_number, 0 as load_id, '' as change_kind, '' as business_key, null as committed_at
from (select 1) nothing where false;
